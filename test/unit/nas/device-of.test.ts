import { expect } from 'chai';
import { deviceOf } from '../../../src/nas/device-of.ts';
import { deviceAttributes, type DeviceAttributeName } from '../../../src/policy/device-attribute.ts';
import { Type } from '../../../src/packet/constants.ts';
import type { Attribute } from '../../../src/packet/packet.ts';
import { vendorSpecific } from '../../../src/packet/vendor-specific.ts';

const station = (text: string): Attribute => ({ type: Type.callingStationId, value: Buffer.from(text) });
const inside = (vendor: number, type: number, text: string): Attribute =>
  vendorSpecific({ vendor, type, value: Buffer.from(text) });
const machine = (text: string): Attribute => inside(311, 50, text);

describe('nas/device-of', () => {
  const cases: readonly [string, DeviceAttributeName, Attribute[], string | null][] = [
    ['Calling-Station-Id', 'Calling-Station-Id', [station('198.51.100.7')], '198.51.100.7'],
    ['MS-Machine-Name, without the octet of 0 at its end', 'MS-Machine-Name', [machine('PC-7\0')], 'PC-7'],
    ['the address of PAN-OS', 'PaloAlto-Client-Source-IP', [inside(25_461, 7, '198.51.100.7')], '198.51.100.7'],
    ['what is no text is made printable', 'Calling-Station-Id', [station('a\nb')], String.raw`a\x0ab`],
    ['the same twice is one', 'Calling-Station-Id', [station('a'), station('a')], 'a'],
    ['two that differ are none', 'Calling-Station-Id', [station('a'), station('b')], null],
    ['an empty one is none', 'Calling-Station-Id', [station('')], null],
    ['one of nothing but the end is none', 'MS-Machine-Name', [machine('\0')], null],
    ['absent', 'Calling-Station-Id', [], null],
    ['another attribute than the one named', 'MS-Machine-Name', [station('a')], null],
    ['the same number of another vendor', 'MS-Machine-Name', [inside(9, 50, 'a')], null],
    ['a Vendor-Specific that is laid out wrong', 'MS-Machine-Name', [{ type: 26, value: Buffer.of(0, 0) }], null],
    ['none at all', 'none', [station('a'), machine('b')], null],
  ];
  for (const [title, name, attributes, device] of cases)
    it(title, () => {
      expect(deviceOf({ attributes }, name === 'none' ? undefined : deviceAttributes[name])).to.equal(device);
    });
});
