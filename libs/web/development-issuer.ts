import { generateKeyPair, SignJWT, type CryptoKey } from 'jose';
import { TokenVerifier } from './token-verifier.js';

const issuer = 'urn:fourstar:development';
const audience = 'fourstar';

/** Issues tokens to whoever can reach this process by loopback. The key is made at start and never leaves the process. */
export class DevelopmentIssuer {
  private constructor(
    private readonly privateKey: CryptoKey,
    readonly verifier: TokenVerifier,
  ) {}

  static async create(): Promise<DevelopmentIssuer> {
    const { privateKey, publicKey } = await generateKeyPair('EdDSA');
    return new DevelopmentIssuer(
      privateKey,
      new TokenVerifier(async () => publicKey, issuer, audience, ['EdDSA']),
    );
  }

  /** A token that lasts as long as the process, or 30 days. */
  issue(roles: readonly string[], sub = 'dev'): Promise<string> {
    return new SignJWT({ roles })
      .setProtectedHeader({ alg: 'EdDSA' })
      .setIssuer(issuer)
      .setAudience(audience)
      .setSubject(sub)
      .setIssuedAt()
      .setExpirationTime('30d')
      .sign(this.privateKey);
  }
}
