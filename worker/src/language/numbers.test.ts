import { describe, expect, it } from 'vitest'
import { showFixed, showFloat } from './numbers'

describe('floats', () => {
  // As C's printf gives them: half-way goes to the even digit, where JavaScript goes up.
  it.each([
    [504.3125, '504.312'],
    [-504.3125, '-504.312'],
    [504.3135, '504.313'],
    [12345650, '1.23456e+07'],
    [-12345650, '-1.23456e+07'],
    [12345750, '1.23458e+07'],
    [1000000.5, '1e+06'],
    [999999.5, '1e+06'],
    [0.0001220703125, '0.00012207'],
    [1e-7, '1e-07'],
    [1e100, '1e+100'],
    [-0, '-0'],
    [Infinity, 'inf'],
    [-Infinity, '-inf'],
    [NaN, 'nan'],
  ])('%s has six digits', (value, shown) => {
    expect(showFloat(value)).toBe(shown)
  })

  it.each([
    [0.0000005, '0.000000'],
    [1.5, '1.500000'],
    [-1.5, '-1.500000'],
    [0.00000762939453125, '0.000008'],
    [0.0000152587890625, '0.000015'],
    [1.0000005, '1.000001'],
    [1e30, '1000000000000000019884624838656.000000'],
    [-3e21, '-3000000000000000000000.000000'],
    [-0, '-0.000000'],
    [Infinity, 'inf'],
    [NaN, 'nan'],
  ])('%s has six digits after the point', (value, shown) => {
    expect(showFixed(value, 6)).toBe(shown)
  })

  it.each([
    [0.5, '0'],
    [1.5, '2'],
    [2.5, '2'],
  ])('%s goes to the even number', (value, shown) => {
    expect(showFixed(value, 0)).toBe(shown)
  })
})
