import { describe, expect, it } from 'vitest'
import { parseArguments } from './arguments'
import { UsageError } from './command-line'
import { SettingError } from './settings'

const settingsOf = (...args: string[]) => parseArguments(args, {}).settings

describe('settings as flags', () => {
  it('takes a boolean without a value, and its opposite', () => {
    expect(settingsOf('--show-trace').boolean('show-trace', false)).toBe(true)
    expect(settingsOf('--no-show-trace').boolean('show-trace', true)).toBe(false)
    expect(settingsOf('--option', 'show-trace', 'yes').boolean('show-trace', false)).toBe(true)
    expect(settingsOf('--pure-eval', '--impure').boolean('pure-eval', true)).toBe(false)
  })

  it('adds to what a list is by default, or says something in its place', () => {
    const list = (...args: string[]) => settingsOf(...args).list('substituters', ['a'])
    expect(list()).toEqual(['a'])
    expect(list('--extra-substituters', 'b', '--option', 'extra-substituters', 'c')).toEqual([
      'a',
      'b',
      'c',
    ])
    expect(list('--extra-substituters', 'b', '--substituters', 'c d')).toEqual(['c', 'd'])
    expect(list('--substituters', 'c', '--extra-substituters', 'b')).toEqual(['c', 'b'])
    expect(list('--option', 'substituters', '')).toEqual([])
  })

  it('takes other settings with their value', () => {
    expect(settingsOf('--max-call-depth', '100').number('max-call-depth', 1)).toBe(100)
    expect(settingsOf('--lint-url-literals', 'fatal').text('lint-url-literals')).toBe('fatal')
    expect(settingsOf('--option', 'build-cores', '4').text('cores')).toBe('4')
  })

  it('takes numbers in units', () => {
    const bytes = (text: string) => settingsOf('--min-free', text).number('min-free', 0)
    expect(['12', '1K', '3m', '2G', '1T'].map(bytes)).toEqual([
      12,
      2 ** 10,
      3 * 2 ** 20,
      2 ** 31,
      2 ** 40,
    ])
  })

  it('adds to lists', () => {
    const settings = settingsOf(
      ...['--experimental-features', 'a b'],
      ...['--extra-experimental-features', 'c'],
      ...['--option', 'extra-experimental-features', 'd'],
    )
    expect(settings.list('experimental-features')).toEqual(['a', 'b', 'c', 'd'])
  })

  it('remembers the options that no setting has', () => {
    expect(settingsOf('--option', 'no-such', 'x').unknown).toEqual(['no-such'])
    expect(settingsOf('--option', 'extra-cores', '1').unknown).toEqual(['extra-cores'])
  })

  it('takes letters of settings, together or not, and how much is told', () => {
    const settings = settingsOf('-kj4', '-QvK', '--debug', '--quiet', '--log-format', 'raw')
    expect(settings.text('max-jobs')).toBe('4')
    expect(settings.boolean('keep-going', false)).toBe(true)
    expect(settings.boolean('keep-failed', false)).toBe(true)
  })

  it('knows forms of logs', () => {
    expect(() => settingsOf('--log-format', 'x')).toThrow(
      new SettingError("option 'log-format' has an invalid value 'x'"),
    )
  })

  it.each([
    [['--no-such'], "unrecognised flag '--no-such'"],
    [['-4cores', '1'], "unrecognised flag '-4cores'"],
    [['--no-cores'], "unrecognised flag '--no-cores'"],
    [['--extra-show-trace', 'x'], "unrecognised flag '--extra-show-trace'"],
    [['--max-call-depth'], "flag '--max-call-depth' requires an argument"],
    [['--min-free', '1X'], "setting 'min-free' has invalid value '1X'"],
    [['--min-free', 'K'], "setting 'min-free' has invalid value 'K'"],
    [['--max-call-depth', 'x'], "setting 'max-call-depth' has invalid value 'x'"],
    [['--option', 'pure-eval', 'x'], "Boolean setting 'pure-eval' has invalid value 'x'"],
    [
      ['--lint-url-literals', 'x'],
      "setting 'lint-url-literals' has invalid value 'x'; it is 'ignore', 'warn' or 'fatal'",
    ],
  ])('refuses %j', (args, message) => {
    expect(() => parseArguments(args, {})).toThrow(new UsageError(message))
  })
})
