/** What the sign-in routes take and answer. */
import { Id, OneOf, Text, When, Whole } from '../http/fields.js';
import { LANGUAGES, type Language } from '../shared/language.js';
import { plainSigns } from '../shared/plain-signs.js';

class OrderNumber {
  @Text({
    max: 200,
    tidy: plainSigns,
    description: 'As printed on the order; case, a leading #, blanks, kinds of dashes and digits do not matter',
    example: 'A-1001',
  })
  readonly orderNumber!: string;
}

export class SignInBody extends OrderNumber {
  @Text({ max: 320, tidy: plainSigns, pattern: /^[^\s@]+@[^\s@]+$/, description: 'As given with the order', example: 'ada@example.org' })
  readonly email!: string;
  @OneOf(LANGUAGES, { optional: true, description: 'Language of the mail; without it, by `Accept-Language`' })
  readonly locale?: Language;
}

export class ConfirmSignInBody extends OrderNumber {
  @Text({ max: 9, tidy: plainSigns, pattern: /^\d{4} ?\d{4}$/, description: 'The eight digits of the mail', example: '1234 5678' })
  readonly code!: string;
}

/** The same for everybody. */
export class SignInAskedAnswer {
  @Whole({ description: 'How long a code is valid, from now on' })
  readonly expiresInSeconds!: number;
  @Whole({ description: 'Digits of a code' })
  readonly codeDigits!: number;
  @Text({
    nullable: true,
    description:
      'Page on which the mails can be read where no mail server is set, for developers; null in production and where mails are sent',
  })
  readonly outbox!: string | null;
}

export class SignedInAnswer {
  @Text({ max: 2000, description: 'For `Authorization: Bearer`' })
  readonly token!: string;
  @Id({ max: 80 })
  readonly orderId!: string;
  @When()
  readonly expiresAt!: string;
}
