/** What settings mean to an evaluator. */
import type { EvaluatorOptions } from '../evaluator/evaluator'
import type { LintLevel } from '../language/lints'
import type { Settings } from './settings'

/** The options of an evaluator with these settings; what they do not say is Nix's default. */
export function evaluatorOptions(settings: Settings): EvaluatorOptions {
  const features = settings.list('experimental-features')
  const lint = (name: string) => (settings.text(name) ?? 'ignore') as LintLevel
  return {
    maxCallDepth: settings.number('max-call-depth', 10_000),
    features: {
      pipeOperators: features.includes('pipe-operators'),
      parseTomlTimestamps: features.includes('parse-toml-timestamps'),
    },
    lints: {
      absolutePaths: lint('lint-absolute-path-literals'),
      shortPaths: settings.boolean('warn-short-path-literals', false)
        ? 'warn'
        : lint('lint-short-path-literals'),
      urls: lint('lint-url-literals'),
    },
  }
}
