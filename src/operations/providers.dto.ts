/** What admins see of the providers this installation works with. */
import { ListOf, OneOf, Text, When, Whole } from '../http/fields.js';
import { LONGEST_FAILURE } from '../shared/heard.js';

export const PROVIDER_KINDS = ['payments', 'labels', 'mail'] as const;
export type ProviderKind = (typeof PROVIDER_KINDS)[number];
/** `by_hand`: people do its work. `not_set_up`: orders name it, and nothing is known of it here. */
export const PROVIDER_STATES = ['answers', 'fails', 'not_asked', 'by_hand', 'not_set_up'] as const;
export type ProviderState = (typeof PROVIDER_STATES)[number];

export class WaitingAnswer {
  @Text({ description: 'As what it waits: the state of a payout, or `requested` of a label' }) state!: string;
  @Whole() count!: number;
  @When({ description: 'Since when the first one waits' }) since!: string;
}

export class ProviderAnswer {
  @Text({ description: 'As it stands in orders and labels' }) id!: string;
  @OneOf(PROVIDER_KINDS) kind!: ProviderKind;
  @OneOf(PROVIDER_STATES, {
    description:
      '`answers`, `fails`: at the last call since this process began. `by_hand`: people do it. `not_set_up`: orders name it, the configuration does not',
  })
  state!: ProviderState;
  @OneOf(['live', 'test'], { nullable: true, description: '`test`: no real money, parcel or mail moves' }) mode!: 'live' | 'test' | null;
  @When({ nullable: true, description: 'Its last answer to this process, be it no' }) answeredAt!: string | null;
  @When({ nullable: true, description: 'The last call that was not answered' }) failedAt!: string | null;
  @Text({ nullable: true, max: LONGEST_FAILURE, description: 'What was wrong then' }) failure!: string | null;
  @When({ nullable: true, description: 'The last webhook that it signed' }) toldAt!: string | null;
  @ListOf(() => WaitingAnswer, { nullable: true, description: 'What is not done yet; null while the view that tells is being built' })
  waiting!: WaitingAnswer[] | null;
}

export class ProvidersAnswer {
  @ListOf(() => ProviderAnswer) items!: ProviderAnswer[];
}
