import { spawn, type ChildProcess } from 'node:child_process'
import { createInterface } from 'node:readline'
import { StoreError } from '@snowglobe/worker/store/store'

/**
 * Takes flock(2) on files without waiting and keeps the locks until it is told to give them back, or
 * until its standard input ends. A file that is not empty is one that somebody has removed meanwhile.
 */
const program = `
use strict; use warnings; use Fcntl ':flock';
$| = 1;
my %held;
REQUEST: while (my $line = <STDIN>) {
  chomp $line;
  my ($verb, $path) = split / /, $line, 2;
  if ($verb eq 'release') {
    my $file = delete $held{$path};
    unlink $path;
    syswrite $file, 'd';
    close $file;
    next;
  }
  for (;;) {
    open(my $file, '+>>', $path) or do { print "$!\\n"; next REQUEST };
    flock($file, LOCK_EX | LOCK_NB) or do { print "busy\\n"; next REQUEST };
    next if -s $file;
    $held{$path} = $file;
    last;
  }
  print "locked\\n";
}
`

/**
 * Locks for many files. Node cannot take a lock, and a process for each (as for those that are taken
 * once, in store/file-lock.ts) would be half the work of a small build: one process of perl, which every
 * Debian has, takes them all.
 */
export class LockKeeper {
  private readonly child: ChildProcess
  private readonly answers: ((answer: string) => void)[] = []
  private failure: string | null = null

  constructor() {
    this.child = spawn('perl', ['-e', program], { stdio: ['pipe', 'pipe', 'ignore'] })
    this.child.once('error', () =>
      this.fail('perl cannot be started: run "apt-get install perl-base" as root'),
    )
    this.child.once('exit', () => this.fail('perl has ended'))
    this.child.stdin?.on('error', () => {})
    createInterface(this.child.stdout!).on('line', (line) => this.answers.shift()?.(line))
    // It alone is no reason to go on.
    this.child.unref()
  }

  /** Gives whether the lock was free and is held now. Throws StoreError where there can be none. */
  async tryLock(path: string): Promise<boolean> {
    if (this.failure !== null) throw new StoreError(`cannot lock ${path}: ${this.failure}`)
    const answer = await new Promise<string>((resolve) => {
      this.answers.push(resolve)
      this.child.stdin?.write(`lock ${path}\n`)
    })
    if (answer !== 'locked' && answer !== 'busy')
      throw new StoreError(`cannot lock ${path}: ${answer}`)
    return answer === 'locked'
  }

  /** Removes the file and gives its lock back. */
  release(path: string): void {
    this.child.stdin?.write(`release ${path}\n`)
  }

  /** Gives all locks back. */
  close(): void {
    this.child.stdin?.end()
  }

  private fail(message: string): void {
    this.failure ??= message
    for (const answer of this.answers.splice(0)) answer(this.failure)
  }
}
