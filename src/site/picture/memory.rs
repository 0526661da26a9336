//! How much memory a picture takes while it is read, as its header tells. Decodes nothing.

use image::ImageFormat;

/// Bytes of memory beside the picture and its decoder: rows, tables, what is left of it when it has become smaller.
const BESIDES: u64 = 48 << 20;

/// Bytes of memory, at most, that reading a picture takes: the picture itself, what its decoder keeps of it meanwhile, and
/// the decoder's copy of the file.
pub(super) fn needed(format: ImageFormat, content: &[u8], pixels: u64, picture: u64) -> u64 {
    let decoder = match format {
        ImageFormat::Jpeg => coefficients(content, pixels),
        // The canvas and a frame, four bytes a pixel each.
        ImageFormat::Gif | ImageFormat::WebP => pixels.saturating_mul(8),
        _ => 0,
    };
    [picture, decoder, content.len() as u64, BESIDES].into_iter().fold(0, u64::saturating_add)
}

/// What decoders of JPEG keep: nothing where all colours come together, else two bytes for each of the samples until the
/// last scan is read. So it is with progressive files. Damaged ones are taken for the worst.
fn coefficients(content: &[u8], pixels: u64) -> u64 {
    let worst = Frame { is_progressive: true, components: Vec::new() }.coefficients(u64::MAX, pixels);
    let mut frame = None;
    let mut at = 2;
    while let Some([0xff, marker, high, low]) = content.get(at..at + 4) {
        let length = usize::from(u16::from_be_bytes([*high, *low]));
        let segment = content.get(at + 4..at + 2 + length).unwrap_or_default();
        match marker {
            // Padding.
            0xff => {
                at += 1;
                continue;
            }
            0xc0..=0xc2 => frame = Frame::read(*marker, segment),
            0xda => {
                let scanned = segment.first().map_or(0, |count| u64::from(*count));
                return frame.map_or(worst, |frame: Frame| frame.coefficients(scanned, pixels));
            }
            _ => {}
        }
        at += 2 + length;
    }
    worst
}

/// What the frame header of a JPEG says of its samples.
struct Frame {
    is_progressive: bool,
    /// Sampling factors of each component: across and down.
    components: Vec<(u64, u64)>,
}

impl Frame {
    /// Most samples of a pixel: four components, the first one at four times four.
    const MOST_SAMPLES: u64 = 19;

    fn read(marker: u8, segment: &[u8]) -> Option<Self> {
        let count = usize::from(*segment.get(5)?);
        let components = segment.get(6..6 + 3 * count)?.chunks_exact(3);
        let factors = |component: &[u8]| (u64::from(component[1] >> 4), u64::from(component[1] & 15));
        Some(Self { is_progressive: marker == 0xc2, components: components.map(factors).collect() })
    }

    /// Bytes of samples that are kept until the last scan, where the first one has so many components.
    fn coefficients(&self, scanned: u64, pixels: u64) -> u64 {
        let is_whole = scanned == self.components.len() as u64;
        if is_whole && !self.is_progressive {
            return 0;
        }
        let samples: u64 = self.components.iter().map(|(across, down)| across * down).sum();
        let most = |factor: fn(&(u64, u64)) -> u64| self.components.iter().map(factor).max().unwrap_or(0);
        let block = most(|component| component.0) * most(|component| component.1);
        let bytes = pixels.saturating_mul(2);
        match (samples, block) {
            (0, _) | (_, 0) => bytes.saturating_mul(Self::MOST_SAMPLES),
            // Blocks of several samples share their pixels only where all components come together.
            (samples, block) if is_whole => bytes.saturating_mul(samples) / block,
            (samples, _) => bytes.saturating_mul(samples),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The headers of a JPEG up to its first scan.
    fn jpeg(frame: u8, factors: &[u8], scanned: u8) -> Vec<u8> {
        let count = u8::try_from(factors.len()).unwrap();
        let mut bytes =
            vec![0xff, 0xd8, 0xff, 0xe0, 0, 4, 1, 2, 0xff, 0xff, frame, 0, 8 + 3 * count, 8, 0, 9, 0, 9, count];
        factors.iter().zip(1..).for_each(|(factor, id)| bytes.extend([id, *factor, 0]));
        bytes.extend([0xff, 0xda, 0, 6 + 2 * scanned, scanned]);
        bytes.extend(vec![0; usize::from(2 * scanned + 3)]);
        bytes
    }

    #[test]
    fn decoders_of_jpeg_keep_what_the_scans_tell() {
        const FULL: &[u8] = &[0x11, 0x11, 0x11];
        const HALVED: &[u8] = &[0x22, 0x11, 0x11];
        let cases: [(&str, Vec<u8>, u64); 9] = [
            ("baseline", jpeg(0xc0, HALVED, 3), 0),
            ("extended", jpeg(0xc1, FULL, 3), 0),
            ("grey", jpeg(0xc0, &[0x11], 1), 0),
            ("progressive", jpeg(0xc2, HALVED, 3), 300),
            ("progressive, all colours in full", jpeg(0xc2, FULL, 3), 600),
            ("one colour after the other", jpeg(0xc0, HALVED, 1), 1_200),
            ("without a scan", jpeg(0xc0, FULL, 3)[..20].to_vec(), 3_800),
            ("without factors", jpeg(0xc2, &[0, 0, 0], 3), 3_800),
            ("nothing", Vec::new(), 3_800),
        ];
        for (what, content, expected) in cases {
            assert_eq!(coefficients(&content, 100), expected, "{what}");
        }
    }

    #[test]
    fn everything_counts() {
        let cases = [(ImageFormat::Png, 300), (ImageFormat::WebP, 1_100), (ImageFormat::Jpeg, 4_100)];
        for (format, expected) in cases {
            assert_eq!(needed(format, &[7; 50], 100, 300), expected + 50 + BESIDES, "{format:?}");
        }
        assert_eq!(needed(ImageFormat::Gif, &[], u64::MAX, u64::MAX), u64::MAX);
    }
}
