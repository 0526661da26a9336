//! Pictures of users as Moodle keeps them: three sizes of the square in the middle, in one format.
//!
//! Pure: bytes in, bytes out. Decoding and scaling take milliseconds to a second, so the engine does it on several cores,
//! before planning.

mod memory;

use super::file_pool::PooledContent;
use image::codecs::jpeg::JpegEncoder;
use image::codecs::png::{CompressionType, FilterType as PngFilter, PngEncoder};
use image::imageops::{FilterType, thumbnail};
use image::{DynamicImage, GenericImageView, ImageDecoder, ImageError, ImageFormat, ImageReader, Limits};
use md5::{Digest, Md5};
use std::io::Cursor;

/// What pictures are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct PictureLimits {
    /// Most pixels of a picture.
    pub pixels: u64,
    /// Most bytes of memory that reading a picture may take.
    pub memory: u64,
}

impl Default for PictureLimits {
    /// The largest cameras of telephones give 16,384 x 12,288 pixels, which take some 650 MB as usual JPEG.
    fn default() -> Self {
        Self { pixels: 210_000_000, memory: 1 << 30 }
    }
}

/// Squares from this side on are averaged down to the next size before they are scaled, straight from where they lie.
const LARGE_SIDE: u32 = 2048;
/// What large squares are averaged down to: still twice the largest size.
const AVERAGED_SIDE: u32 = 1024;
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
    #[error(
        "has {width} x {height} = {} pixels; at most {limit} are taken (setting pictures.max_pixels), make it smaller",
        u64::from(*.width) * u64::from(*.height)
    )]
    TooManyPixels {
        /// Its width in pixels.
        width: u32,
        /// Its height in pixels.
        height: u32,
        /// What is taken.
        limit: u64,
    },
    /// It takes more memory to be read than is given.
    #[error(
        "takes up to {needed} bytes of memory to be read; at most {limit} are given (setting pictures.max_memory_bytes), \
         make it smaller, or save a progressive JPEG again as a usual one"
    )]
    TooMuchMemory {
        /// Bytes that it takes.
        needed: u64,
        /// Bytes that are given.
        limit: u64,
    },
    /// Something in it besides its pixels takes more memory than is given.
    #[error(
        "takes more than {limit} bytes of memory to be read (setting pictures.max_memory_bytes); save it again as JPEG or PNG"
    )]
    Overloaded {
        /// Bytes that are given.
        limit: u64,
    },
}

/// A picture whose header was read.
pub struct PictureSource<'c> {
    decoder: Box<dyn ImageDecoder + 'c>,
    stored_as: PictureFormat,
    /// What it is called in messages.
    name: &'static str,
    memory: u64,
    limits: PictureLimits,
}

impl<'c> PictureSource<'c> {
    /// Reads the header of a picture. The content decides what it is, never a name. Refuses what is too large.
    pub fn open(content: &'c [u8], limits: PictureLimits) -> Result<Self, PictureError> {
        let mut reader =
            ImageReader::new(Cursor::new(content)).with_guessed_format().map_err(|_| PictureError::NoPicture)?;
        let format = reader.format().ok_or(PictureError::NoPicture)?;
        let (stored_as, name) = match format {
            ImageFormat::Jpeg => (PictureFormat::Jpeg, "JPEG"),
            ImageFormat::Png => (PictureFormat::Png, "PNG"),
            ImageFormat::Gif => (PictureFormat::Png, "GIF"),
            ImageFormat::WebP => (PictureFormat::Png, "WebP"),
            _ => return Err(PictureError::NoPicture),
        };
        let mut decoding = Limits::default();
        decoding.max_alloc = Some(limits.memory);
        reader.limits(decoding);
        let decoder = reader.into_decoder().map_err(|error| failed(name, limits, &error))?;
        let (width, height) = decoder.dimensions();
        let pixels = u64::from(width) * u64::from(height);
        if pixels > limits.pixels {
            return Err(PictureError::TooManyPixels { width, height, limit: limits.pixels });
        }
        let memory = memory::needed(format, content, pixels, decoder.total_bytes());
        if memory > limits.memory {
            return Err(PictureError::TooMuchMemory { needed: memory, limit: limits.memory });
        }
        Ok(Self { decoder: Box::new(decoder), stored_as, name, memory, limits })
    }

    /// Bytes of memory, at most, that making a portrait of it takes.
    pub fn memory(&self) -> u64 {
        self.memory
    }

    /// Makes the three sizes.
    pub fn portrait(self) -> Result<Portrait, PictureError> {
        let Self { mut decoder, stored_as: format, name, limits, .. } = self;
        // A picture that does not say how it was held stays as it is.
        let orientation = decoder.orientation().ok();
        let image = DynamicImage::from_decoder(decoder).map_err(|error| failed(name, limits, &error))?;
        let has_alpha = image.color().has_alpha() && format == PictureFormat::Png;
        let mut square = middle(image);
        if let Some(orientation) = orientation {
            square.apply_orientation(orientation);
        }
        square = if has_alpha { square.into_rgba8().into() } else { square.into_rgb8().into() };
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
}

fn failed(format: &'static str, limits: PictureLimits, error: &ImageError) -> PictureError {
    match error {
        ImageError::Limits(_) => PictureError::Overloaded { limit: limits.memory },
        other => PictureError::Damaged { format, problem: other.to_string() },
    }
}

/// The largest square in the middle with an even side, as Moodle cuts it. A large one is made smaller on the way, so that
/// there is never a second picture of its size.
fn middle(image: DynamicImage) -> DynamicImage {
    let (width, height) = (image.width(), image.height());
    let half = width.min(height) / 2;
    // Of a line of single pixels Moodle would keep nothing.
    let side = (2 * half).max(1);
    let (left, top) = (width / 2 - half, height / 2 - half);
    if side >= LARGE_SIDE {
        thumbnail(&*image.view(left, top, side, side), AVERAGED_SIDE, AVERAGED_SIDE).into()
    } else if (width, height) == (side, side) {
        image
    } else {
        image.crop_imm(left, top, side, side)
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
