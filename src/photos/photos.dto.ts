/** What photos take and answer. */
import { Id, Text, When } from '../http/fields.js';

export class PhotoPath {
  @Id() readonly photoRef!: string;
}

export class PhotoAnswer {
  @Id({
    description:
      'To be named in `photos` of a return, a mismatch or an inspection of this order; unnamed, it may be removed after 24 hours',
  })
  photoRef!: string;
}
export class PhotoLinkAnswer {
  @Id() photoRef!: string;
  @Text({
    max: 1000,
    description: 'Opens the photo without credentials until `expiresAt`; relative to the address of the API unless `PUBLIC_URL` is set',
  })
  url!: string;
  @When({ description: 'At most 5 minutes ahead' }) expiresAt!: string;
}
