import { z } from 'zod';

/** An aggregate's id: a UUID, so that nothing can be read from it; in lower case, so that nothing has two names. */
export const id = z.uuid().toLowerCase().meta({ public: true });

/** A reference to something kept elsewhere (a scan, a paper file, a person's staff or contact id). Opaque, never a name. */
export const reference = z
  .string()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._:/-]{0,119}$/, 'a reference: 1-120 letters, digits and . _ : / -')
  .meta({ public: true });

/** A reason for machines and statistics, such as `customer-request`. The sentence beside it comes sealed, later. */
export const reasonCode = z
  .string()
  .regex(/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/, 'a code: lower-case words joined by hyphens')
  .max(60)
  .meta({ public: true });

/** Text that is declared free of personal data, such as an amount in capital figures. */
export const publicText = (maxLength: number) =>
  z.string().trim().min(1).max(maxLength).meta({ public: true });

/** Marks a field as personal data: it is sealed under its subject's key before the event is formed. */
export const personal = <S extends z.ZodType>(shape: S) => shape.meta({ personal: true });
