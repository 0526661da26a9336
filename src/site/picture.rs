//! Pictures of users as Moodle keeps them: three sizes of the square in the middle, in one format.
//!
//! Pure: bytes in, bytes out. Decoding and scaling take milliseconds to a second, so the engine does it on several cores,
//! before planning.

use super::file_pool::PooledContent;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::FilterType;
use image::{DynamicImage, ImageDecoder, ImageFormat, ImageReader, Limits};
use md5::{Digest, Md5};
use std::io::Cursor;

/// Most pixels of a picture. A telephone's camera gives 12 to 25 million; each takes 4 bytes of memory, or 8, while it
/// is scaled.
pub const MOST_PIXELS: u64 = 25_000_000;
/// Most bytes that decoding one picture may take.
const DECODING_BYTES: u64 = 256 << 20;
/// The sizes by the names of their files, the largest first: the others are made of it where it is large enough.
const SIZES: [(&str, u32); 3] = [("f3", 512), ("f1", 100), ("f2", 35)];
/// The quality that Moodle asks of JPEG.
const JPEG_QUALITY: u8 = 90;

/// The MD5 of a picture as it came in, before scaling, in lower-case hexadecimal: how one is recognised that a user has
/// already.
#[derive(Debug, Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct PictureHash(String);

impl PictureHash {
    /// The hash of these bytes.
    pub fn of(content: &[u8]) -> Self {
        Self(Md5::digest(content).iter().map(|byte| format!("{byte:02x}")).collect())
    }

    /// The text that is stored.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// The format of the stored files.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PictureFormat {
    /// For what was PNG, GIF or WebP; keeps what is transparent.
    Png,
    /// For what was JPEG.
    Jpeg,
}

impl PictureFormat {
    /// The extension of file names.
    pub fn extension(self) -> &'static str {
        match self {
            Self::Png => "png",
            Self::Jpeg => "jpg",
        }
    }

    /// `files.mimetype`.
    pub fn mimetype(self) -> &'static str {
        match self {
            Self::Png => "image/png",
            Self::Jpeg => "image/jpeg",
        }
    }
}

/// A picture in Moodle's three sizes.
#[derive(Debug, Clone)]
pub struct Portrait {
    /// The format of all three.
    pub format: PictureFormat,
    /// 100 x 100 pixels.
    pub f1: PooledContent,
    /// 35 x 35 pixels.
    pub f2: PooledContent,
    /// 512 x 512 pixels.
    pub f3: PooledContent,
}

/// Why bytes do not become a picture. Reads on after *it*.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum PictureError {
    /// Not a picture of a format that is taken.
    #[error("is no picture in PNG, JPEG, GIF or WebP; whatever its name says, the content decides")]
    NoPicture,
    /// It begins like one and cannot be read.
    #[error("cannot be read as {format}: {problem}; save it again as JPEG or PNG")]
    Damaged {
        /// The format that it begins like.
        format: &'static str,
        /// What the decoder says.
        problem: String,
    },
    /// More pixels than are taken.
    #[error("has {width} x {height} pixels; at most {MOST_PIXELS} are taken, make it smaller")]
    TooManyPixels {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
    },
    /// It takes more memory to be read than is given.
    #[error("takes more than {DECODING_BYTES} bytes of memory to be read; make it smaller")]
    TooMuchMemory,
}

/// Makes the three sizes of a picture.
pub fn portrait(content: &[u8]) -> Result<Portrait, PictureError> {
    let (source, format) = decode(content)?;
    let mut square = crop(source);
    square = match format {
        PictureFormat::Jpeg => square.into_rgb8().into(),
        PictureFormat::Png if square.color().has_alpha() => square.into_rgba8().into(),
        PictureFormat::Png => square.into_rgb8().into(),
    };
    let mut made = Vec::with_capacity(SIZES.len());
    for (name, side) in SIZES {
        let scaled = square.resize_exact(side, side, FilterType::Lanczos3);
        made.push((name, encode(&scaled, format)?));
        if square.width() > scaled.width() {
            square = scaled;
        }
    }
    let [(_, f3), (_, f1), (_, f2)] = <[_; 3]>::try_from(made).map_err(|_| PictureError::NoPicture)?;
    Ok(Portrait { format, f1, f2, f3 })
}

/// The picture upright, and the format to store it in. The content decides, never a name.
fn decode(content: &[u8]) -> Result<(DynamicImage, PictureFormat), PictureError> {
    let mut reader =
        ImageReader::new(Cursor::new(content)).with_guessed_format().map_err(|_| PictureError::NoPicture)?;
    let (stored_as, name) = match reader.format() {
        Some(ImageFormat::Jpeg) => (PictureFormat::Jpeg, "JPEG"),
        Some(ImageFormat::Png) => (PictureFormat::Png, "PNG"),
        Some(ImageFormat::Gif) => (PictureFormat::Png, "GIF"),
        Some(ImageFormat::WebP) => (PictureFormat::Png, "WebP"),
        _ => return Err(PictureError::NoPicture),
    };
    let mut limits = Limits::default();
    limits.max_alloc = Some(DECODING_BYTES);
    reader.limits(limits);
    let failed = |error: image::ImageError| match error {
        image::ImageError::Limits(_) => PictureError::TooMuchMemory,
        other => PictureError::Damaged { format: name, problem: other.to_string() },
    };
    let mut decoder = reader.into_decoder().map_err(failed)?;
    let (width, height) = decoder.dimensions();
    if u64::from(width) * u64::from(height) > MOST_PIXELS {
        return Err(PictureError::TooManyPixels { width, height });
    }
    // A picture that does not say how it was held stays as it is.
    let orientation = decoder.orientation().ok();
    let mut image = DynamicImage::from_decoder(decoder).map_err(failed)?;
    if let Some(orientation) = orientation {
        image.apply_orientation(orientation);
    }
    Ok((image, stored_as))
}

/// The largest square in the middle with an even side, as Moodle cuts it.
fn crop(image: DynamicImage) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let half = width.min(height) / 2;
    // Of a line of single pixels Moodle would keep nothing.
    let side = (2 * half).max(1);
    if (width, height) == (side, side) {
        image
    } else {
        image.crop_imm(width / 2 - half, height / 2 - half, side, side)
    }
}

fn encode(image: &DynamicImage, format: PictureFormat) -> Result<PooledContent, PictureError> {
    let mut bytes = Vec::new();
    let done = match format {
        PictureFormat::Jpeg => image.write_with_encoder(JpegEncoder::new_with_quality(&mut bytes, JPEG_QUALITY)),
        PictureFormat::Png => image.write_with_encoder(PngEncoder::new_with_quality(
            &mut bytes,
            CompressionType::Default,
            PngFilter::Adaptive,
        )),
    };
    done.map_err(|error| PictureError::Damaged { format: format.extension(), problem: error.to_string() })?;
    Ok(PooledContent::of(bytes))
}

#[cfg(test)]
pub(crate) mod tests;
