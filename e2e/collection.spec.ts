import { expect, test } from '@playwright/test'
import { Playground } from './page'

test('<nixpkgs> is the starter collection where nothing was chosen', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('(import <nixpkgs> { }).hello')
  await expect(playground.result).toContainText('«derivation')
  await playground.button('Evaluate').click()
  await expect(playground.result).toContainText(
    /«derivation \/nix\/store\/\w{32}-hello-[\d.]+\.drv»/,
  )
})

test('a package that was pasted is called with callPackage', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(
    '{ stdenv, hello }:\nstdenv.mkDerivation {\n  name = "greeting";\n' +
      '  buildCommand = "${hello}/bin/hello > $out";\n}',
  )
  await expect(playground.result).toContainText('This is a package, as nixpkgs writes them.')
  await page.getByRole('button', { name: 'Call it with callPackage' }).click()
  await expect(page.getByRole('tab', { name: 'package.nix' })).toBeVisible()
  await expect(playground.result).toContainText('«derivation»')
  await page.getByRole('button', { name: 'Undo' }).click()
  await expect(page.getByRole('tab', { name: 'package.nix' })).toHaveCount(0)
  await expect(playground.result).toContainText('This is a package')
})

test('a flake that was pasted gets its nixpkgs from the channel', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(
    '{ inputs.nixpkgs.url = "github:NixOS/nixpkgs"; outputs = { self, nixpkgs }: { answer = nixpkgs.lib.max 41 42; }; }',
  )
  await page.getByRole('button', { name: 'Evaluate its outputs' }).click()
  await playground.result.getByRole('treeitem', { name: /^answer/ }).click()
  await expect(playground.result).toContainText('42')
})

test('an overlay that was pasted is applied', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('final: prev: { aaa = prev.lib.max 41 42; }')
  await page.getByRole('button', { name: 'Apply it to nixpkgs' }).click()
  await playground.result.getByRole('treeitem', { name: /^aaa/ }).click()
  await expect(playground.result).toContainText('42')
})

test('a shell that was pasted is called as nix-shell would', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(
    '{ pkgs ? import <nixpkgs> { } }:\npkgs.mkShell { packages = [ pkgs.hello ]; }',
  )
  await expect(playground.result).toContainText('This is a shell')
  await page.getByRole('button', { name: 'Call it' }).click()
  await expect(page.getByRole('tab', { name: 'shell.nix' })).toBeVisible()
  await expect(playground.result).toContainText('«derivation»')
})

test('a module that was pasted is evaluated as one', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open(
    '{ config, lib, ... }:\n{\n  options.port = lib.mkOption { type = lib.types.port; };\n' +
      '  options.url = lib.mkOption { type = lib.types.str; };\n' +
      '  config = {\n    port = 8080;\n    url = "http://localhost:${toString config.port}";\n  };\n}',
  )
  await page.getByRole('button', { name: 'Evaluate it with evalModules' }).click()
  const url = playground.result.getByRole('treeitem', { name: /^url/ })
  await expect(url).toBeVisible()
  await url.click()
  await expect(url).toContainText('"http://localhost:8080"')
})

test('of a package that only nixpkgs has, that is said', async ({ page }) => {
  const playground = new Playground(page)
  await playground.open('(import <nixpkgs> { }).python3')
  await expect(playground.problems).toContainText(
    'python3 is in nixpkgs, not in the starter collection.',
  )
})
