/** What output of commands is drawn with. */
import { utf8ToByteString } from '@snowglobe/shared/bytes'

/** Before a node of a tree, and before the last of its siblings. */
export const branch = utf8ToByteString('├───')
export const lastBranch = utf8ToByteString('└───')
/** Before what is within a node, and within the last of its siblings. */
export const trunk = utf8ToByteString('│   ')
export const gap = '    '

export const red = '\x1b[31;1m'
export const green = '\x1b[32;1m'
export const blue = '\x1b[34;1m'
export const grey = '\x1b[38;5;244m'
/** Ends a colour. */
export const normal = '\x1b[0m'
