/**
 * The first code of the page: it starts the worker and nothing else. A worker comes up only when the
 * thread that made it is free, so the rest of the page follows as a module of its own.
 */
import './machine'

void import('./main')
