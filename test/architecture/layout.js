/** The folders of libs/ that serve every context and know none. */
export const engines = [
  'event-store',
  'projection',
  'timers',
  'reactions',
  'embedded',
  'web',
  'privacy',
  'audit',
];

/** The folder of libs/ that lists what every context shows, for the apps. Whatever else lies in libs/ is the kernel or a context. */
export const registry = 'contexts';
