import { z } from 'zod';

const roles = z.union([z.string().transform((role) => [role]), z.array(z.string())]);

/** Who may do what with a stream, as its metadata or the server's settings say it: users or groups by action. */
export const accessListShape = z
  .strictObject({ $r: roles, $w: roles, $d: roles, $mr: roles, $mw: roles })
  .partial();
export type AccessList = z.infer<typeof accessListShape>;
