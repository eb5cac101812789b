/**
 * The PDF of a label. Its text is set in Type 3 fonts (ISO 32000-1, 9.6.5) that hold exactly the pieces the line was set
 * from: what is shaped together has one code, and the code says which text it stands for. So any script can be searched
 * and copied, whatever became of its letters when they were joined.
 */
import { deflateSync } from 'node:zlib';
import {
  PDFOperatorNames as Op,
  PDFDocument,
  PDFHexString,
  PDFName,
  PDFNumber,
  PDFOperator,
  PDFRawStream,
  type PDFContext,
  type PDFPage,
  type PDFRef,
} from 'pdf-lib';
import { kept } from '../../shared/kept.js';
import { blackOf } from './bars.js';
import { UNITS_PER_EM } from './fonts.js';
import { DOTS_PER_MM, LABEL_HEIGHT, LABEL_WIDTH, type LabelElement } from './layout.js';
import type { PathCommand, Piece } from './text.js';

/** A PDF point is 1/72 inch. */
const POINTS_PER_DOT = 72 / (25.4 * DOTS_PER_MM);
/** Codes of a simple font are one byte; 0 is left out. */
const CODES_PER_FONT = 255;

/**
 * One page, A6.
 * @param at ISO 8601 UTC, written as the file's date so that the same label gives the same bytes
 */
export async function renderPdf(elements: readonly LabelElement[], title: string, at: string): Promise<Uint8Array> {
  const pdf = await PDFDocument.create({ updateMetadata: false });
  pdf.setTitle(title);
  pdf.setProducer('Backhaul');
  pdf.setCreationDate(new Date(at));
  pdf.setModificationDate(new Date(at));
  const page = pdf.addPage([LABEL_WIDTH * POINTS_PER_DOT, LABEL_HEIGHT * POINTS_PER_DOT]);
  const flipped = (y: number) => (LABEL_HEIGHT - y) * POINTS_PER_DOT;
  const codes = new Codes();
  for (const element of elements) {
    if (element.kind === 'text') write(page, codes, element, flipped(element.y));
    for (const { x, y, width, height } of blackOf(element)) {
      page.drawRectangle({ x: x * POINTS_PER_DOT, y: flipped(y + height), width: width * POINTS_PER_DOT, height: height * POINTS_PER_DOT });
    }
  }
  codes.fonts.forEach((pieces, index) => page.node.setFontDictionary(fontName(index), type3Font(pdf.context, pieces)));
  return pdf.save();
}

const fontName = (index: number): PDFName => PDFName.of(`L${index}`);

type Code = { readonly font: number; readonly code: number };

/** A code for each piece that differs in look, width or text; as many fonts as that takes. */
class Codes {
  readonly fonts: Piece[][] = [];
  readonly #known = new Map<string, Code>();

  of(piece: Piece): Code {
    const key = `${piece.text} ${drawingOf(piece).content}`;
    const known = this.#known.get(key);
    if (known !== undefined) return known;
    let pieces = this.fonts.at(-1);
    if (pieces === undefined || pieces.length === CODES_PER_FONT) this.fonts.push((pieces = []));
    pieces.push(piece);
    const code = { font: this.fonts.length - 1, code: pieces.length };
    this.#known.set(key, code);
    return code;
  }
}

function write(page: PDFPage, codes: Codes, { x, size, line }: Extract<LabelElement, { kind: 'text' }>, baseline: number): void {
  const points = (value: number): PDFNumber => PDFNumber.of(Number(value.toFixed(3)));
  const operators = [
    PDFOperator.of(Op.BeginText),
    PDFOperator.of(Op.SetTextMatrix, [1, 0, 0, 1, x * POINTS_PER_DOT, baseline].map(points)),
  ];
  let font: number | undefined;
  let hex = '';
  const show = (): void => {
    if (hex !== '') operators.push(PDFOperator.of(Op.ShowText, [PDFHexString.of(hex)]));
    hex = '';
  };
  for (const code of line.pieces.map((piece) => codes.of(piece))) {
    if (code.font !== font) {
      show();
      operators.push(PDFOperator.of(Op.SetFontAndSize, [fontName(code.font), points(size * POINTS_PER_DOT)]));
      font = code.font;
    }
    hex += byteHex(code.code);
  }
  show();
  page.pushOperators(...operators, PDFOperator.of(Op.EndText));
}

function type3Font(context: PDFContext, pieces: readonly Piece[]): PDFRef {
  const stream = (deflated: Uint8Array): PDFRef =>
    context.register(PDFRawStream.of(context.obj({ Filter: 'FlateDecode', Length: deflated.length }), deflated));
  const procedures = Object.fromEntries(pieces.map((piece, index) => [`g${index + 1}`, stream(drawingOf(piece).deflated)]));
  return context.register(
    context.obj({
      Type: 'Font',
      Subtype: 'Type3',
      FontBBox: [0, 0, 0, 0],
      FontMatrix: [1 / UNITS_PER_EM, 0, 0, 1 / UNITS_PER_EM, 0, 0],
      CharProcs: procedures,
      Encoding: { Type: 'Encoding', Differences: [1, ...Object.keys(procedures).map((name) => PDFName.of(name))] },
      FirstChar: 1,
      LastChar: pieces.length,
      Widths: pieces.map(({ advance }) => advance),
      Resources: {},
      ToUnicode: stream(deflateSync(toUnicode(pieces))),
    }),
  );
}

/** Lines that are on every label are set once, so their pieces are drawn once too. */
const drawingOf = kept((piece: Piece) => {
  const content = procedureOf(piece);
  return { content, deflated: deflateSync(content) };
}, new WeakMap());

/** What a code draws: its width and box first, so that it takes the colour of the text. */
function procedureOf({ advance, path }: Piece): string {
  const xs = path.flatMap(({ values }) => values.filter((_, index) => index % 2 === 0));
  const ys = path.flatMap(({ values }) => values.filter((_, index) => index % 2 === 1));
  const box = path.length === 0 ? [0, 0, 0, 0] : [Math.min(...xs), Math.min(...ys), Math.max(...xs), Math.max(...ys)];
  return [`${advance} 0 ${box.join(' ')} d1`, ...pdfPath(path), ...(path.length === 0 ? [] : ['f'])].join('\n');
}

/** PDF has cubic curves only; a quadratic one is raised to them exactly. */
function pdfPath(path: readonly PathCommand[]): readonly string[] {
  let [x, y] = [0, 0];
  return path.map(({ type, values }) => {
    if (type === 'Z') return 'h';
    const [fromX, fromY] = [x, y];
    [x, y] = [values.at(-2) ?? 0, values.at(-1) ?? 0];
    if (type === 'M' || type === 'L') return `${x} ${y} ${type.toLowerCase()}`;
    if (type === 'C') return `${values.join(' ')} c`;
    const [controlX = 0, controlY = 0] = values;
    const third = (end: number, control: number): string => ((end + 2 * control) / 3).toFixed(1);
    return `${third(fromX, controlX)} ${third(fromY, controlY)} ${third(x, controlX)} ${third(y, controlY)} ${x} ${y} c`;
  });
}

/** Which text each code stands for (ISO 32000-1, 9.10.3), a hundred codes a block at most. */
function toUnicode(pieces: readonly Piece[]): string {
  const lines = pieces.map(({ text }, index) => `<${byteHex(index + 1)}> <${utf16Hex(text)}>`);
  const blocks = Array.from({ length: Math.ceil(lines.length / 100) }, (_, block) => lines.slice(block * 100, (block + 1) * 100));
  return [
    '/CIDInit /ProcSet findresource begin',
    '12 dict begin',
    'begincmap',
    '/CIDSystemInfo << /Registry (Adobe) /Ordering (UCS) /Supplement 0 >> def',
    '/CMapName /Adobe-Identity-UCS def',
    '/CMapType 2 def',
    '1 begincodespacerange',
    '<00> <FF>',
    'endcodespacerange',
    ...blocks.flatMap((block) => [`${block.length} beginbfchar`, ...block, 'endbfchar']),
    'endcmap',
    'CMapName currentdict /CMap defineresource pop',
    'end',
    'end',
  ].join('\n');
}

const byteHex = (code: number): string => code.toString(16).toUpperCase().padStart(2, '0');
const utf16Hex = (text: string): string => Buffer.from(text, 'utf16le').swap16().toString('hex').toUpperCase();
