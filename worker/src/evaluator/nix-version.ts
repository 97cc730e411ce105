/** The version of Nix whose language this is. */
export const nixVersion = '2.36.0'
