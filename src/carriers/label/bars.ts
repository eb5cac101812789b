/** What of a laid-out label is black rectangles: rules, bars and modules. */
import type { LabelElement } from './layout.js';

/** In dots from the top left corner. */
type Rectangle = { readonly x: number; readonly y: number; readonly width: number; readonly height: number };

/** Nothing for text. */
export function blackOf(element: LabelElement): readonly Rectangle[] {
  switch (element.kind) {
    case 'text':
      return [];
    case 'rule':
      return [element];
    case 'code128':
      return barsOf(element);
    case 'qr':
      return modulesOf(element);
  }
}

function barsOf({ x, y, height, module, bars }: Extract<LabelElement, { kind: 'code128' }>): readonly Rectangle[] {
  const black: Rectangle[] = [];
  let left = x;
  bars.forEach((modules, index) => {
    if (index % 2 === 0) black.push({ x: left, y, width: modules * module, height });
    left += modules * module;
  });
  return black;
}

/** Neighbouring black modules of a row as one rectangle, so that no hairline shows between them. */
function modulesOf({ x, y, module, side, modules }: Extract<LabelElement, { kind: 'qr' }>): readonly Rectangle[] {
  const black: Rectangle[] = [];
  for (let row = 0; row < side; row += 1) {
    for (const run of modules
      .slice(row * side, (row + 1) * side)
      .join('')
      .matchAll(/1+/g)) {
      black.push({ x: x + run.index * module, y: y + row * module, width: run[0].length * module, height: module });
    }
  }
  return black;
}
