/** What settings mean to an evaluator. */
import { parseAccessTokens } from '@snowglobe/shared/flakes/access-tokens'
import type { EvaluatorOptions } from '../evaluator/evaluator'
import { defaultSettings, featuresOf } from '../evaluator/evaluation-settings'
import type { LintLevel } from '../language/lints'
import type { Settings } from './settings'

/**
 * The options of an evaluator with these settings; what they do not say is Nix's default.
 *
 * @param nativeLimit levels of the native stack that it may use; a browser worker's where it is not said
 */
export function evaluatorOptions(settings: Settings, nativeLimit?: number): EvaluatorOptions {
  const lint = (name: string) => (settings.text(name) ?? 'ignore') as LintLevel
  return {
    ...(nativeLimit === undefined ? {} : { nativeLimit }),
    maxCallDepth: settings.number('max-call-depth', 10_000),
    settings: {
      pureEval: settings.boolean('pure-eval', false),
      restrictEval: settings.boolean('restrict-eval', false),
      allowedUris: settings.list('allowed-uris'),
      allowImportFromDerivation: settings.boolean('allow-import-from-derivation', true),
      traceImportFromDerivation: settings.boolean('trace-import-from-derivation', false),
      traceVerbose: settings.boolean('trace-verbose', false),
      abortOnWarn: settings.boolean('abort-on-warn', false),
      allowNativeCode: settings.boolean('allow-unsafe-native-code-during-evaluation', false),
      flakeRegistry: settings.text('flake-registry') ?? defaultSettings.flakeRegistry,
      useRegistries: settings.boolean('use-registries', true),
      tarballTtl: settings.number('tarball-ttl', defaultSettings.tarballTtl),
      trustTarballsFromGitForges: settings.boolean('trust-tarballs-from-git-forges', true),
      accessTokens: parseAccessTokens(settings.list('access-tokens')),
      experimentalFeatures: featuresOf(settings.list('experimental-features')),
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
