/** An identity provider in this process: discovery, keys, an authorization endpoint without a form, and a token endpoint that checks what it must. */
import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { exportJWK, generateKeyPair, SignJWT, type CryptoKey } from 'jose';

type Claims = Readonly<Record<string, unknown>>;
type SignOptions = {
  readonly key?: CryptoKey;
  readonly issuer?: string;
  readonly audience?: string;
  readonly expires?: string;
  readonly subject?: string;
};
type Grant = { readonly challenge: string; readonly redirectUri: string; readonly nonce: string | null };

export class OidcIssuer {
  /** Claims of whoever signs in; null: they give up. */
  person: ({ readonly sub: string } & Claims) | null = null;
  up = true;
  keysUp = true;
  /** What the token endpoint puts in the place of what is right. */
  spoil: { readonly nonce?: string; readonly key?: CryptoKey; readonly audience?: string } = {};
  readonly #grants = new Map<string, Grant>();
  #codes = 0;

  private constructor(
    private readonly server: Server,
    private readonly key: CryptoKey,
    private readonly jwks: object,
    private readonly client: { readonly id: string; readonly secret: string | null },
  ) {}

  /** @param clientSecret what the token endpoint asks of the client, beside PKCE */
  static async open(clientId = 'backhaul', clientSecret: string | null = null): Promise<OidcIssuer> {
    const pair = await generateKeyPair('ES256', { extractable: true });
    const jwks = { keys: [{ ...(await exportJWK(pair.publicKey)), kid: 'one', alg: 'ES256', use: 'sig' }] };
    const server = createServer();
    const issuer = new OidcIssuer(server, pair.privateKey, jwks, { id: clientId, secret: clientSecret });
    server.on('request', (request, response) => {
      issuer.#answer(request, response).catch((error: unknown) => response.writeHead(500).end(String(error)));
    });
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
    return issuer;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.server.address() as AddressInfo).port}`;
  }

  sign(
    claims: Claims,
    { key = this.key, issuer = this.url, audience = this.client.id, expires = '5m', subject = 'u-17' }: SignOptions = {},
  ): Promise<string> {
    return new SignJWT(claims)
      .setProtectedHeader({ alg: 'ES256', kid: 'one' })
      .setSubject(subject)
      .setIssuer(issuer)
      .setAudience(audience)
      .setIssuedAt()
      .setExpirationTime(expires)
      .sign(key);
  }

  close(): void {
    this.server.closeAllConnections();
    this.server.close();
  }

  async #answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', this.url);
    if (!this.up || (!this.keysUp && url.pathname === '/jwks')) return void response.writeHead(500).end();
    if (url.pathname === '/authorize') return void response.writeHead(302, { location: this.#authorize(url.searchParams) }).end();
    const json = (status: number, body: object) =>
      void response.writeHead(status, { 'content-type': 'application/json' }).end(JSON.stringify(body));
    if (url.pathname === '/jwks') return json(200, this.jwks);
    if (url.pathname !== '/token') {
      return json(200, {
        issuer: this.url,
        jwks_uri: `${this.url}/jwks`,
        authorization_endpoint: `${this.url}/authorize`,
        token_endpoint: `${this.url}/token`,
        code_challenge_methods_supported: ['S256'],
        id_token_signing_alg_values_supported: ['ES256'],
      });
    }
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const { error, ...token } = await this.#token(new URLSearchParams(Buffer.concat(chunks).toString()));
    return error === undefined ? json(200, token) : json(400, { error });
  }

  #authorize(asked: URLSearchParams): string {
    const [redirectUri, challenge] = [asked.get('redirect_uri') ?? '', asked.get('code_challenge') ?? ''];
    if (
      asked.get('client_id') !== this.client.id ||
      asked.get('response_type') !== 'code' ||
      asked.get('code_challenge_method') !== 'S256' ||
      challenge === '' ||
      asked.get('scope') !== 'openid'
    )
      throw new Error('Not asked rightly');
    const back = new URL(redirectUri);
    back.searchParams.set('state', asked.get('state') ?? '');
    if (this.person === null) {
      back.searchParams.set('error', 'access_denied');
      return back.href;
    }
    const code = `code-${++this.#codes}`;
    this.#grants.set(code, { challenge, redirectUri, nonce: asked.get('nonce') });
    back.searchParams.set('code', code);
    return back.href;
  }

  async #token(asked: URLSearchParams): Promise<{ error?: string } & Claims> {
    const grant = this.#grants.get(asked.get('code') ?? '');
    this.#grants.delete(asked.get('code') ?? '');
    if (asked.get('client_id') !== this.client.id || asked.get('client_secret') !== this.client.secret) return { error: 'invalid_client' };
    const challenge = createHash('sha256')
      .update(asked.get('code_verifier') ?? '')
      .digest('base64url');
    if (grant === undefined || grant.challenge !== challenge || grant.redirectUri !== asked.get('redirect_uri') || this.person === null)
      return { error: 'invalid_grant' };
    const { sub, ...claims } = this.person;
    const { nonce, ...options } = this.spoil;
    return {
      access_token: 'opaque',
      token_type: 'Bearer',
      id_token: await this.sign({ ...claims, nonce: nonce ?? grant.nonce }, { subject: sub, ...options }),
    };
  }
}
