/** The folders of libs/ that serve every context and know none. Whatever else lies in libs/ is the kernel or a context. */
export const engines = ['event-store', 'projection', 'timers', 'embedded', 'web', 'privacy', 'audit'];
