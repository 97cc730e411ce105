// Monaco's own worker: diffs, links and other work that must not hold up typing.
import 'monaco-editor/editor/editor.worker'
