/** Text that is not what its encoding (base-16, base-32, base-64) allows. */
export class EncodingError extends Error {
  override name = 'EncodingError'
}
