/** Stands in for xmlbuilder2, which vtk.js brings for its 3-D file formats. A film is never one: 600 kB saved. */
export function create(): never {
  throw new Error('This build reads and writes no XML.');
}
