/** Muted shapes of many sizes as an SVG picture: what a look from afar trips over. */
export function drawClutter(random: () => number, width: number, height: number): string {
  const between = (low: number, high: number): number => Math.round(low + (high - low) * random())
  const colour = (): string => `hsl(${between(0, 359)},${between(4, 22)}%,${between(25, 75)}%)`
  const shapes: string[] = []
  for (let count = 0; count < 70; count += 1) {
    const [x, y] = [between(0, width), between(0, height)]
    const size = between(14, count % 7 === 0 ? 220 : 70)
    const style = `fill="${colour()}" fill-opacity="0.${between(3, 8)}"`
    const turn = `transform="rotate(${between(0, 179)} ${x} ${y})"`
    const shape = count % 3
    if (shape === 0)
      shapes.push(`<ellipse cx="${x}" cy="${y}" rx="${size}" ry="${between(8, size)}" ${style} ${turn}/>`)
    else if (shape === 1)
      shapes.push(`<rect x="${x}" y="${y}" width="${size}" height="${between(8, size)}" ${style} ${turn}/>`)
    else
      shapes.push(
        `<line x1="${x}" y1="${y}" x2="${x + between(-300, 300)}" y2="${y + between(-300, 300)}" stroke="${colour()}" stroke-width="${between(3, 14)}" stroke-opacity="0.6"/>`,
      )
  }
  return `<svg xmlns="http://www.w3.org/2000/svg" width="${width}" height="${height}">${shapes.join('')}</svg>`
}
