/**
 * Pictures that Photolex draws itself, from SVG to JPEG. Photos are never read as SVG (see `image.ts`, which allows photo formats
 * only); what is drawn here is our own text, so this process may.
 */
import sharp from 'sharp';
// Imported first, because it blocks all formats but those of photos.
import './image.ts';

sharp.unblock({ operation: ['VipsForeignLoadSvgBuffer'] });

/** Renders a drawing at its own size, on white. @param quality of the JPEG, 1 to 100 */
export function renderSvg(svg: string, quality: number): Promise<Uint8Array> {
  return sharp(Buffer.from(svg)).flatten({ background: '#ffffff' }).jpeg({ quality }).toBuffer();
}
