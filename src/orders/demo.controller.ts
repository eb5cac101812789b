/** The made-up shop for whoever has just started the service. Open to everybody, so production never offers it. */
import { Body, Controller, Get, Post, Req } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import type { FastifyRequest } from 'fastify';
import { Public } from '../access/access.js';
import { readAt, type Answer } from '../http/answer.js';
import { Answers, Worded } from '../http/documentation.js';
import { Flag, ListOf, Text } from '../http/fields.js';
import { EmptyBody } from '../http/reading.js';
import { languageOf, type Language } from '../shared/language.js';
import { DemoShop } from './demo.commands.js';
import type { SampleOrder } from './sample-shop.js';

export class SampleOrderAnswer {
  @Text({ max: 100 }) orderNumber!: string;
  @Text({ max: 320, description: 'Of the made-up customer' }) email!: string;
  @Text({ max: 500, description: 'What is special about the order' }) words!: string;
}
@Worded()
export class DemoOrdersAnswer {
  @ListOf(() => SampleOrderAnswer, { description: 'A few to try' }) orders!: SampleOrder[];
}
@Worded()
export class DemoAnswer extends DemoOrdersAnswer {
  @Flag({ description: 'It can be loaded: nobody has told of an order yet' }) offered!: boolean;
}

const wantedBy = ({ headers }: FastifyRequest): Language => languageOf(headers['accept-language']);

@ApiTags('demo')
@Public()
@Controller('v1/demo')
export class DemoController {
  constructor(private readonly shop: DemoShop) {}

  @Get()
  @ApiOperation({ summary: 'Whether the made-up shop can be loaded, and orders to try once it is', description: 'Never in production.' })
  @Answers(DemoAnswer)
  async look(@Req() request: FastifyRequest): Promise<Answer> {
    const language = wantedBy(request);
    return readAt(null, (await this.shop.look(language)) satisfies DemoAnswer, language);
  }

  @Post()
  @ApiOperation({
    summary: 'Load the made-up shop',
    description:
      'Sixty orders of the last days with simulated payments. Only where there is no other order; asked again it changes nothing. Not in production.',
  })
  @Answers(DemoOrdersAnswer)
  async load(@Body() _nothing: EmptyBody, @Req() request: FastifyRequest): Promise<Answer> {
    const language = wantedBy(request);
    return readAt(null, { orders: await this.shop.load(language) } satisfies DemoOrdersAnswer, language);
  }
}
