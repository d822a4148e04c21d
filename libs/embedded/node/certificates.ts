import { generateKeyPair, randomBytes } from 'node:crypto';
import { isIP } from 'node:net';
import { promisify } from 'node:util';
import forge from 'node-forge';

/** A server's certificate and key, and the certificate of the authority that signed it, as PEM. */
export interface Certificates {
  readonly ca: string;
  readonly certificate: string;
  readonly key: string;
}

/** RFC 5280, 4.1.2.5: the date of certificates that do not expire. */
const NEVER = new Date('9999-12-31T23:59:59Z');
const SUBJECT_ALTERNATIVE = { dns: 2, ip: 7 };

/**
 * Makes an authority that signs a certificate for these hosts and then is forgotten, key and all: nobody can make a
 * second certificate that its clients would trust.
 */
export async function makeCertificates(hosts: readonly string[]): Promise<Certificates> {
  const [authority, server] = await Promise.all([keyPair(), keyPair()]);
  const ca = certificate('Fourstar embedded EventStoreDB authority', authority.publicKey, [
    { name: 'basicConstraints', critical: true, cA: true, pathLenConstraint: 0 },
    { name: 'keyUsage', critical: true, keyCertSign: true },
    { name: 'subjectKeyIdentifier' },
  ]);
  ca.setIssuer(ca.subject.attributes);
  ca.sign(authority.privateKey, forge.md.sha256.create());
  const leaf = certificate('Fourstar embedded EventStoreDB node', server.publicKey, [
    { name: 'basicConstraints', critical: true, cA: false },
    { name: 'keyUsage', critical: true, digitalSignature: true, keyEncipherment: true },
    { name: 'extKeyUsage', serverAuth: true },
    { name: 'subjectAltName', altNames: hosts.map(alternativeName) },
  ]);
  leaf.setIssuer(ca.subject.attributes);
  leaf.sign(authority.privateKey, forge.md.sha256.create());
  return {
    ca: forge.pki.certificateToPem(ca),
    certificate: forge.pki.certificateToPem(leaf),
    key: forge.pki.privateKeyToPem(server.privateKey),
  };
}

/** OpenSSL makes keys in a tenth of the time that forge takes. */
async function keyPair(): Promise<forge.pki.rsa.KeyPair> {
  const { privateKey } = await promisify(generateKeyPair)('rsa', {
    modulusLength: 2048,
    publicKeyEncoding: { type: 'spki', format: 'pem' },
    privateKeyEncoding: { type: 'pkcs1', format: 'pem' },
  });
  const key = forge.pki.privateKeyFromPem(privateKey);
  return { privateKey: key, publicKey: forge.pki.setRsaPublicKey(key.n, key.e) };
}

function certificate(
  commonName: string,
  publicKey: forge.pki.rsa.PublicKey,
  extensions: object[],
): forge.pki.Certificate {
  const made = forge.pki.createCertificate();
  made.publicKey = publicKey;
  // A leading 0 keeps the serial number positive.
  made.serialNumber = `00${randomBytes(15).toString('hex')}`;
  made.validity = { notBefore: new Date(Date.now() - 24 * 60 * 60 * 1000), notAfter: NEVER };
  made.setSubject([{ name: 'commonName', value: commonName }]);
  made.setExtensions(extensions);
  return made;
}

function alternativeName(host: string): object {
  return isIP(host) === 0
    ? { type: SUBJECT_ALTERNATIVE.dns, value: host }
    : { type: SUBJECT_ALTERNATIVE.ip, ip: host };
}
