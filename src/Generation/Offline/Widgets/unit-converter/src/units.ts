interface Unit {
  name: string;
  symbol: string;
  /** One of it in the quantity's base unit. */
  factor: number;
  /** Where its zero lies in the base unit. */
  offset: number;
}

function unit(name: string, symbol: string, factor: number, offset = 0): Unit {
  return { name, symbol, factor, offset };
}

export const units = {
  km: unit("Kilometres", "km", 1000),
  mi: unit("Miles", "mi", 1609.344),
  m: unit("Metres", "m", 1),
  ft: unit("Feet", "ft", 0.3048),
  cm: unit("Centimetres", "cm", 0.01),
  in: unit("Inches", "in", 0.0254),
  yd: unit("Yards", "yd", 0.9144),
  mm: unit("Millimetres", "mm", 0.001),
  kg: unit("Kilograms", "kg", 1),
  lb: unit("Pounds", "lb", 0.45359237),
  g: unit("Grams", "g", 0.001),
  oz: unit("Ounces", "oz", 0.028349523125),
  st: unit("Stones", "st", 6.35029318),
  C: unit("Degrees Celsius", "°C", 1),
  F: unit("Degrees Fahrenheit", "°F", 5 / 9, -160 / 9),
  K: unit("Kelvin", "K", 1, -273.15),
  l: unit("Litres", "l", 1),
  gal: unit("US gallons", "gal", 3.785411784),
  ml: unit("Millilitres", "ml", 0.001),
  cup: unit("US cups", "cups", 0.2365882365),
  floz: unit("US fluid ounces", "fl oz", 0.0295735295625),
  kmh: unit("Kilometres per hour", "km/h", 1 / 3.6),
  mph: unit("Miles per hour", "mph", 0.44704),
  ms: unit("Metres per second", "m/s", 1),
  kn: unit("Knots", "kn", 1852 / 3600),
  ha: unit("Hectares", "ha", 10000),
  ac: unit("Acres", "ac", 4046.8564224),
  m2: unit("Square metres", "m²", 1),
  ft2: unit("Square feet", "ft²", 0.09290304),
  h: unit("Hours", "h", 3600),
  min: unit("Minutes", "min", 60),
  s: unit("Seconds", "s", 1),
  d: unit("Days", "d", 86400),
  MB: unit("Megabytes", "MB", 1),
  GB: unit("Gigabytes", "GB", 1000),
  TB: unit("Terabytes", "TB", 1_000_000),
};

export type UnitId = keyof typeof units;
