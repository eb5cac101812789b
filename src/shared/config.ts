/** What the service is told from outside: environment variables, read once, every mistake reported at the same time. */
import { isIP } from 'node:net';
import { resolve } from 'node:path';

export type ProcessRole = 'all' | 'api' | 'worker';
export type LogLevel = 'debug' | 'info' | 'warn' | 'error';

export type Config = {
  readonly environment: 'production' | 'development';
  readonly host: string;
  /** 0 = any free port. */
  readonly port: number;
  /** Absolute; made at start. */
  readonly dataDir: string;
  readonly role: ProcessRole;
  /** Preset admin key instead of the one printed at first start. */
  readonly adminApiKey: string | null;
  /** `esdb://…`; null = embedded log in `dataDir`. */
  readonly eventStoreUrl: string | null;
  /** `postgres://…` for the views; null = SQLite in `dataDir`. */
  readonly databaseUrl: string | null;
  /** `clientId`, `clientSecret`: as which the service itself signs people in; null = a public client. */
  readonly oidc: {
    readonly issuer: string;
    readonly audience: string;
    readonly clientId: string;
    readonly clientSecret: string | null;
  } | null;
  /** Where clients reach the service, without a slash at the end; null = http://localhost:{port}. */
  readonly publicUrl: string | null;
  /** Origins whose pages may call the API from a browser with a customer session; none unless named. */
  readonly corsOrigins: readonly string[];
  readonly logLevel: LogLevel;
  /** The simulated payment provider is refused in production unless this is set. */
  readonly simulatedPayments: boolean;
  /** Refunds through Stripe; null = not set up. `apiBase`: null = Stripe's own. */
  readonly stripe: { readonly secretKey: string; readonly apiBase: string | null; readonly webhookSecret: string | null } | null;
  /** Who makes a label where the carrier that was asked cannot. */
  readonly carrierFallback: 'none' | 'builtin';
  /** Shops whose webhooks register orders: the secrets they sign with; none: off. `shop`: null where there is but one. */
  readonly shops: { readonly [kind in 'shopify' | 'woocommerce']: readonly ShopSecret[] };
  /** `smtp://…`; null = mails are files in the outbox of `dataDir`. */
  readonly smtpUrl: string | null;
  /** Labels bought through EasyPost; null = not set up. `apiBase`: null = EasyPost's own. */
  readonly easypost: {
    readonly apiKey: string;
    readonly apiBase: string | null;
    readonly webhookSecret: string | null;
    /** What may be bought, `USPS` or `USPS/GroundAdvantage`; none: anything. */
    readonly services: readonly string[];
    /** Of a parcel whose weight the shop does not know. */
    readonly defaultWeightGrams: number;
    readonly merchant: AddressInParts;
  } | null;
  /** Sender of mails, `Shop <returns@shop.example>`. */
  readonly mailFrom: string;
  /** Proxies whose `X-Forwarded-For` is believed: addresses, networks (CIDR), or `loopback`, `linklocal`, `uniquelocal`. */
  readonly trustedProxies: readonly string[];
  /** Where parcels come back to, as printed on labels, one entry per line. */
  readonly returnAddress: readonly string[];
};

export type ShopSecret = { readonly shop: string | null; readonly secret: string };

/** Where parcels come back to, as carriers want it told. `country`: ISO 3166-1 alpha-2. */
export type AddressInParts = {
  readonly name: string;
  readonly phone: string | null;
  readonly email: string | null;
  readonly address: {
    readonly line1: string;
    readonly line2: string | null;
    readonly city: string;
    readonly region: string | null;
    readonly postalCode: string;
    readonly country: string;
  };
};

type Environment = Readonly<Record<string, string | undefined>>;

/** Every mistake of the environment, one a line. */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
  constructor(readonly mistakes: readonly string[]) {
    super(`The configuration is not right:\n${mistakes.map((each) => `  - ${each}`).join('\n')}`);
  }
}

const SHORTEST_KEY = 16;
const SHORTEST_SHOP_SECRET = 8;

class Reader {
  readonly mistakes: string[] = [];
  constructor(private readonly env: Environment) {}

  text(name: string): string | null {
    const value = this.env[name]?.trim();
    return value === undefined || value === '' ? null : value;
  }

  oneOf<T extends string>(name: string, values: readonly T[], fallback: T): T {
    const text = this.text(name);
    if (text === null) return fallback;
    const found = values.find((each) => each === text);
    if (found === undefined) this.mistakes.push(`${name} must be one of ${values.join(', ')}, not "${text}"`);
    return found ?? fallback;
  }

  port(name: string, fallback: number): number {
    const text = this.text(name);
    if (text === null) return fallback;
    if (/^\d{1,5}$/.test(text) && Number(text) <= 65_535) return Number(text);
    this.mistakes.push(`${name} must be a port from 0 to 65535, not "${text}"`);
    return fallback;
  }

  flag(name: string, fallback: boolean): boolean {
    return this.oneOf(name, ['true', 'false'], fallback ? 'true' : 'false') === 'true';
  }

  /** URLs may carry passwords, so a wrong one is never repeated in the message. */
  url(name: string, schemes: readonly string[]): string | null {
    const text = this.text(name);
    if (text === null) return null;
    const scheme = /^([a-z][a-z0-9+.-]*):\/\/./i.exec(text)?.[1]?.toLowerCase();
    if (scheme !== undefined && schemes.includes(scheme)) return text;
    this.mistakes.push(`${name} must be a URL starting with ${schemes.map((each) => `${each}://`).join(' or ')}`);
    return null;
  }

  /** Separated by commas. */
  #list(name: string): readonly string[] {
    const parts = (this.text(name) ?? '').split(',').map((each) => each.trim());
    return parts.filter((each) => each !== '');
  }

  /** Exactly as browsers send them, so no path and no slash at the end. */
  origins(name: string): readonly string[] {
    const origins = this.#list(name);
    for (const origin of origins) {
      if (!URL.canParse(origin) || new URL(origin).origin !== origin)
        this.mistakes.push(`${name} must be origins like https://shop.example, not "${origin}"`);
    }
    return origins;
  }

  proxies(name: string): readonly string[] {
    const proxies = this.#list(name);
    for (const proxy of proxies) {
      if (!isNetwork(proxy))
        this.mistakes.push(`${name} must be addresses or networks like 10.0.0.0/8, or loopback, linklocal, uniquelocal, not "${proxy}"`);
    }
    return proxies;
  }

  adminKey(): string | null {
    const key = this.text('ADMIN_API_KEY');
    if (key === null) return null;
    if (!/^[\x21-\x7e]+$/.test(key)) this.mistakes.push('ADMIN_API_KEY must be visible ASCII characters without spaces');
    else if (key.length < SHORTEST_KEY) this.mistakes.push(`ADMIN_API_KEY must have at least ${SHORTEST_KEY} characters`);
    return key;
  }

  /** A key that is wrong at first sight is told at once, and never repeated in the message. */
  stripe(): Config['stripe'] {
    const secretKey = this.text('STRIPE_SECRET_KEY');
    const webhookSecret = this.text('STRIPE_WEBHOOK_SECRET');
    const apiBase = this.url('STRIPE_API_BASE', ['https', 'http']);
    if (secretKey === null) {
      if (webhookSecret !== null || apiBase !== null) this.mistakes.push('STRIPE_SECRET_KEY is needed with what else is said of Stripe');
      return null;
    }
    if (!/^[sr]k_(live|test)_\w+$/.test(secretKey))
      this.mistakes.push('STRIPE_SECRET_KEY must be a secret key (sk_live_…, sk_test_…) or a restricted one (rk_…), not a publishable key');
    if (webhookSecret !== null && !webhookSecret.startsWith('whsec_'))
      this.mistakes.push('STRIPE_WEBHOOK_SECRET must be the signing secret of the endpoint (whsec_…)');
    return { secretKey, apiBase, webhookSecret };
  }

  /** `secret`, or `shop-a.example=secret,shop-b.example=secret`; a shop may have two while they are changed. Never repeated in a message. */
  shopSecrets(name: string): readonly ShopSecret[] {
    const secrets = this.#list(name).map((part): ShopSecret => {
      const { shop = null, secret = part } = /^(?<shop>[a-z0-9][a-z0-9.-]*)=(?<secret>.+)$/i.exec(part)?.groups ?? {};
      return { shop: shop?.toLowerCase() ?? null, secret };
    });
    if (secrets.some(({ secret }) => secret.length < SHORTEST_SHOP_SECRET))
      this.mistakes.push(`${name} must be secrets of at least ${SHORTEST_SHOP_SECRET} characters, or shop=secret`);
    if (new Set(secrets.map(({ shop }) => shop === null)).size > 1)
      this.mistakes.push(`${name} must name the shop of every secret (shop-a.example=…,shop-b.example=…) or of none`);
    if (new Set(secrets.map(({ secret }) => secret)).size < secrets.length)
      this.mistakes.push(`${name} has a secret twice: a secret says which shop has signed`);
    return secrets;
  }

  easypost(): Config['easypost'] {
    const apiKey = this.text('EASYPOST_API_KEY');
    const others = Object.keys(this.env).filter((name) => /^EASYPOST_(?!API_KEY)/.test(name) && this.text(name) !== null);
    if (apiKey === null) {
      if (others.length > 0) this.mistakes.push(`EASYPOST_API_KEY is needed with ${others.join(', ')}`);
      return null;
    }
    if (!/^EZ[AT]K\w+$/.test(apiKey)) this.mistakes.push('EASYPOST_API_KEY must be an API key of EasyPost (EZAK…, EZTK… for tests)');
    const weight = this.text('EASYPOST_DEFAULT_WEIGHT_GRAMS') ?? '1000';
    if (!/^[1-9]\d{0,5}$/.test(weight)) this.mistakes.push(`EASYPOST_DEFAULT_WEIGHT_GRAMS must be whole grams above 0, not "${weight}"`);
    const services = this.#list('EASYPOST_SERVICES');
    for (const each of services.filter((service) => !/^\w+(\/\w+)?$/.test(service)))
      this.mistakes.push(`EASYPOST_SERVICES must be carriers and their services like USPS or USPS/GroundAdvantage, not "${each}"`);
    return {
      ...{ apiKey, apiBase: this.url('EASYPOST_API_BASE', ['https', 'http']), webhookSecret: this.text('EASYPOST_WEBHOOK_SECRET') },
      ...{ services, defaultWeightGrams: Number(weight), merchant: this.#returnAddressInParts() },
    };
  }

  #returnAddressInParts(): AddressInParts {
    const part = (name: string): string | null => this.text(`RETURN_ADDRESS_${name}`);
    const needed = (name: string): string => {
      const text = part(name);
      if (text === null) this.mistakes.push(`RETURN_ADDRESS_${name} is needed with EASYPOST_API_KEY: it is where parcels come back to`);
      return text ?? '';
    };
    const country = needed('COUNTRY');
    if (country !== '' && !/^[A-Z]{2}$/.test(country))
      this.mistakes.push(`RETURN_ADDRESS_COUNTRY must be two letters like US, not "${country}"`);
    const [line1, city, postalCode] = [needed('LINE1'), needed('CITY'), needed('POSTAL_CODE')];
    const address = { line1, line2: part('LINE2'), city, region: part('REGION'), postalCode, country };
    return { name: needed('NAME'), phone: part('PHONE'), email: part('EMAIL'), address };
  }

  /** @param schemes of the issuer: what it says decides who is let in, so in production nobody on the way may change it */
  oidc(schemes: readonly string[]): Config['oidc'] {
    const given = ['OIDC_ISSUER', 'OIDC_AUDIENCE', 'OIDC_CLIENT_ID', 'OIDC_CLIENT_SECRET'].filter((name) => this.text(name) !== null);
    if (given.length === 0) return null;
    const issuer = this.url('OIDC_ISSUER', schemes);
    const audience = this.text('OIDC_AUDIENCE');
    for (const name of ['OIDC_ISSUER', 'OIDC_AUDIENCE'].filter((each) => !given.includes(each)))
      this.mistakes.push(`${name} is needed with ${given.join(', ')}`);
    return issuer === null || audience === null
      ? null
      : { issuer, audience, clientId: this.text('OIDC_CLIENT_ID') ?? audience, clientSecret: this.text('OIDC_CLIENT_SECRET') };
  }
}

function isNetwork(text: string): boolean {
  if (['loopback', 'linklocal', 'uniquelocal'].includes(text)) return true;
  const [address = '', prefix, ...rest] = text.split('/');
  const version = isIP(address);
  return (
    version !== 0 &&
    rest.length === 0 &&
    (prefix === undefined || (/^\d{1,3}$/.test(prefix) && Number(prefix) <= (version === 4 ? 32 : 128)))
  );
}

/** Without MAIL_FROM: a mailbox nobody reads, where the service is reached. */
const senderAt = (publicUrl: string | null): string =>
  `no-reply@${publicUrl !== null && URL.canParse(publicUrl) ? new URL(publicUrl).hostname : 'localhost'}`;

/**
 * @throws ConfigError naming every variable that is not right
 */
export function readConfig(env: Environment): Config {
  const read = new Reader(env);
  const environment = env['NODE_ENV'] === 'production' ? 'production' : 'development';
  const publicUrl = read.url('PUBLIC_URL', ['https', 'http'])?.replace(/\/+$/, '') ?? null;
  const config: Config = {
    environment,
    host: read.text('HOST') ?? '0.0.0.0',
    port: read.port('PORT', 3000),
    dataDir: resolve(read.text('DATA_DIR') ?? './data'),
    role: read.oneOf('ROLE', ['all', 'api', 'worker'], 'all'),
    adminApiKey: read.adminKey(),
    eventStoreUrl: read.url('EVENTSTORE_URL', ['esdb', 'esdb+discover']),
    databaseUrl: read.url('DATABASE_URL', ['postgres', 'postgresql']),
    oidc: read.oidc(environment === 'production' ? ['https'] : ['https', 'http']),
    publicUrl,
    corsOrigins: read.origins('CORS_ORIGINS'),
    logLevel: read.oneOf('LOG_LEVEL', ['debug', 'info', 'warn', 'error'], 'info'),
    simulatedPayments: read.flag('ALLOW_SIMULATED_PAYMENTS', environment !== 'production'),
    stripe: read.stripe(),
    easypost: read.easypost(),
    carrierFallback: read.oneOf('CARRIER_FALLBACK', ['none', 'builtin'], 'none'),
    shops: { shopify: read.shopSecrets('SHOPIFY_WEBHOOK_SECRET'), woocommerce: read.shopSecrets('WOOCOMMERCE_WEBHOOK_SECRET') },
    smtpUrl: read.url('SMTP_URL', ['smtp', 'smtps']),
    mailFrom: read.text('MAIL_FROM') ?? senderAt(publicUrl),
    trustedProxies: read.proxies('TRUSTED_PROXIES'),
    // A line break is awkward to put into an environment variable, so `|` is one too.
    returnAddress: (read.text('RETURN_ADDRESS') ?? 'Returns desk')
      .split(/[\n|]/)
      .map((line) => line.trim())
      .filter((line) => line !== ''),
  };
  if (config.role !== 'all' && read.text('EVENTSTORE_URL') === null) {
    read.mistakes.push(`ROLE=${config.role} needs EVENTSTORE_URL: the embedded log is for one process, which does everything (ROLE=all)`);
  }
  if (read.mistakes.length > 0) throw new ConfigError(read.mistakes);
  return config;
}
