/** The made-up shop for whoever has just started the service. Open to everybody, so it is there outside production only. */
import { Body, Controller, Get, HttpCode, Post } from '@nestjs/common';
import { ApiOperation, ApiTags } from '@nestjs/swagger';
import { Public } from '../http/access.js';
import { Answers } from '../http/documentation.js';
import { Flag, ListOf, Text } from '../http/fields.js';
import { EmptyBody } from '../http/reading.js';
import { DemoShop } from './demo.commands.js';
import type { SampleOrder } from './sample-shop.js';

export class SampleOrderAnswer {
  @Text({ max: 100 }) orderNumber!: string;
  @Text({ max: 320, description: 'Of the made-up customer' }) email!: string;
  @Text({ max: 500, description: 'What is special about the order' }) words!: string;
}
export class DemoOrdersAnswer {
  @ListOf(() => SampleOrderAnswer, { description: 'A few to try' }) orders!: SampleOrder[];
}
export class DemoAnswer extends DemoOrdersAnswer {
  @Flag({ description: 'It can be loaded: nobody has told of an order yet' }) offered!: boolean;
}

@ApiTags('demo')
@Public()
@Controller('v1/demo')
export class DemoController {
  constructor(private readonly shop: DemoShop) {}

  @Get()
  @ApiOperation({ summary: 'Whether the made-up shop can be loaded, and orders to try once it is', description: 'Not in production.' })
  @Answers(DemoAnswer)
  look(): Promise<DemoAnswer> {
    return this.shop.look();
  }

  @Post()
  @HttpCode(200)
  @ApiOperation({ summary: 'Load the made-up shop', description: 'Sixty orders of the last days with simulated payments. Only where there is no other order; asked again it changes nothing. Not in production.' })
  @Answers(DemoOrdersAnswer)
  async load(@Body() _nothing: EmptyBody): Promise<DemoOrdersAnswer> {
    return { orders: await this.shop.load() };
  }
}
