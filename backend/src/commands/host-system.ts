import process from 'node:process'

/** The system type of this machine, like `x86_64-linux`. */
export function hostSystem(): string {
  const architecture =
    process.arch === 'arm64' ? 'aarch64' : process.arch === 'x64' ? 'x86_64' : process.arch
  return `${architecture}-${process.platform}`
}
