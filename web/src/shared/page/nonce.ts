/** The nonce of this page: styles made while it runs carry it, or the browser refuses them (Content Security Policy). */
export const styleNonce = (): string => document.querySelector<HTMLMetaElement>('meta[property="csp-nonce"]')?.nonce ?? '';
