import { defaultStoreDir } from '@snowglobe/shared/store-path'
import { Evaluator } from '@snowglobe/worker/evaluator/evaluator'
import { OverlayEvalStore } from '@snowglobe/worker/store/overlay-eval-store'
import { PreloadedStore } from '@snowglobe/worker/store/preloaded-store'
import type { SourceAccessor } from '@snowglobe/worker/store/source-accessor'

/** An evaluator with Nix's default settings that knows these files, and of this machine nothing. */
export function packingEvaluator(files: SourceAccessor): Evaluator {
  return new Evaluator({
    files,
    store: new OverlayEvalStore(new PreloadedStore(defaultStoreDir)),
    system: 'x86_64-linux',
    nixPath: [],
    homeDirectory: '/',
    environmentVariable: () => '',
    currentTime: () => 0,
    message: () => {},
  })
}
