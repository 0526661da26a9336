//! Pictures drawn here, decoded and scaled.

use super::*;
use image::{Rgb, RgbImage, Rgba, RgbaImage};

const RED: Rgb<u8> = Rgb([220, 20, 20]);
const BLUE: Rgb<u8> = Rgb([20, 20, 220]);

/// The three sizes of a picture, within the usual limits.
pub(crate) fn portrait(content: &[u8]) -> Result<Portrait, PictureError> {
    PictureSource::open(content, PictureLimits::default())?.portrait()
}

/// Red in the columns from `from` to `to`, blue beside them.
fn stripe(width: u32, height: u32, (from, to): (u32, u32)) -> RgbImage {
    RgbImage::from_fn(width, height, |x, _| if (from..to).contains(&x) { RED } else { BLUE })
}

fn written(image: impl Into<DynamicImage>, format: ImageFormat) -> Vec<u8> {
    let mut bytes = Cursor::new(Vec::new());
    image.into().write_to(&mut bytes, format).unwrap();
    bytes.into_inner()
}

/// A small picture of one colour, which the name chooses.
pub(crate) fn drawn(format: PictureFormat, name: &str) -> Vec<u8> {
    let [red, green, blue, ..] = *Md5::digest(name).as_slice() else { unreachable!("a digest is longer") };
    let image = RgbImage::from_pixel(12, 10, Rgb([red, green, blue]));
    written(image, if format == PictureFormat::Png { ImageFormat::Png } else { ImageFormat::Jpeg })
}

fn sizes(portrait: &Portrait) -> [DynamicImage; 3] {
    [&portrait.f1, &portrait.f2, &portrait.f3].map(|file| {
        let reader = ImageReader::new(Cursor::new(&*file.bytes)).with_guessed_format().unwrap();
        let expected = if portrait.format == PictureFormat::Png { ImageFormat::Png } else { ImageFormat::Jpeg };
        assert_eq!(reader.format(), Some(expected));
        reader.decode().unwrap()
    })
}

fn is_red(pixel: Rgba<u8>) -> bool {
    pixel[0] > 180 && pixel[2] < 80
}

#[test]
fn the_middle_becomes_three_squares_in_the_format_that_moodle_keeps() {
    let cases = [
        (ImageFormat::Jpeg, PictureFormat::Jpeg),
        (ImageFormat::Png, PictureFormat::Png),
        (ImageFormat::Gif, PictureFormat::Png),
        (ImageFormat::WebP, PictureFormat::Png),
    ];
    for (format, stored) in cases {
        // The square begins at column 100 and is 400 wide.
        let made = portrait(&written(stripe(600, 400, (100, 500)), format)).unwrap();
        assert_eq!(made.format, stored, "{format:?}");
        for (image, side) in sizes(&made).into_iter().zip([100, 35, 512]) {
            assert_eq!(image.dimensions(), (side, side), "{format:?}");
            for (x, y) in [(1, 1), (side - 2, 1), (side / 2, side / 2), (side - 2, side - 2)] {
                assert!(is_red(image.get_pixel(x, y)), "{format:?} {side}: {x},{y} {:?}", image.get_pixel(x, y));
            }
        }
    }
}

#[test]
fn small_and_odd_pictures_are_enlarged() {
    for (width, height) in [(1, 1), (1, 9), (7, 3), (35, 35), (101, 100)] {
        let made = portrait(&written(stripe(width, height, (0, width)), ImageFormat::Png)).unwrap();
        assert_eq!(sizes(&made).map(|image| image.width()), [100, 35, 512], "{width} x {height}");
    }
}

#[test]
fn what_is_transparent_stays_so_in_png() {
    let image = RgbaImage::from_pixel(40, 40, Rgba([10, 200, 10, 0]));
    let made = portrait(&written(image, ImageFormat::Png)).unwrap();
    assert!(sizes(&made).iter().all(|image| image.get_pixel(5, 5)[3] == 0));
    let grey = image::GrayImage::from_pixel(40, 40, image::Luma([90]));
    assert_eq!(portrait(&written(grey, ImageFormat::Jpeg)).unwrap().format, PictureFormat::Jpeg);
}

#[test]
fn the_same_picture_gives_the_same_files() {
    let bytes = written(stripe(300, 200, (0, 150)), ImageFormat::Jpeg);
    let [one, two] = [0, 1].map(|_| portrait(&bytes).unwrap());
    assert_eq!((&one.f1.sha1, &one.f3.sha1), (&two.f1.sha1, &two.f3.sha1));
    assert_ne!(one.f1.sha1, one.f2.sha1);
    assert_eq!(PictureHash::of(b"abc").as_str(), "900150983cd24fb0d6963f7d28e17f72");
}

/// A JPEG whose EXIF says that it was held on its side: to be turned a quarter clockwise.
fn on_its_side(jpeg: &[u8]) -> Vec<u8> {
    let tiff: &[u8] = b"MM\0*\0\0\0\x08\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0";
    let length = u16::try_from(tiff.len() + 8).unwrap().to_be_bytes();
    [&jpeg[..2], b"\xff\xe1", &length, b"Exif\0\0", tiff, &jpeg[2..]].concat()
}

#[test]
fn a_picture_that_was_held_on_its_side_is_turned() {
    // Red on the left; turned a quarter clockwise it is red on top.
    let bytes = on_its_side(&written(stripe(200, 200, (0, 100)), ImageFormat::Jpeg));
    let [f1, ..] = sizes(&portrait(&bytes).unwrap());
    assert!(is_red(f1.get_pixel(10, 10)) && is_red(f1.get_pixel(90, 10)));
    assert!(!is_red(f1.get_pixel(10, 90)) && !is_red(f1.get_pixel(90, 90)));
}

#[test]
fn what_is_no_picture_is_refused() {
    let png = written(stripe(60, 60, (0, 30)), ImageFormat::Png);
    for none in [&b""[..], b"no picture", b"%PDF-1.7", b"BM\0\0\0\0", &[0; 100]] {
        assert_eq!(portrait(none).unwrap_err(), PictureError::NoPicture, "{none:?}");
    }
    for part in [9, 30, png.len() / 2] {
        assert!(matches!(portrait(&png[..part]), Err(PictureError::Damaged { format: "PNG", .. })), "{part}");
    }
}

/// A PNG whose header says that it has another size; its checksum is right.
fn png_of(width: u32, height: u32) -> Vec<u8> {
    let mut png = written(stripe(60, 60, (0, 30)), ImageFormat::Png);
    png[16..20].copy_from_slice(&width.to_be_bytes());
    png[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&png[12..29]);
    png[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    png
}

/// A JPEG whose frame header says that it has another size, and that the frame is of this kind.
fn jpeg_of(width: u16, height: u16, frame: u8) -> Vec<u8> {
    let mut jpeg = written(stripe(60, 60, (0, 30)), ImageFormat::Jpeg);
    let at = jpeg.windows(2).position(|marker| marker == [0xff, 0xc0]).unwrap();
    jpeg[at + 1] = frame;
    jpeg[at + 5..at + 7].copy_from_slice(&height.to_be_bytes());
    jpeg[at + 7..at + 9].copy_from_slice(&width.to_be_bytes());
    jpeg
}

const BASELINE: u8 = 0xc0;
const PROGRESSIVE: u8 = 0xc2;

#[test]
fn photographs_of_large_cameras_are_taken_as_far_as_memory_allows() {
    const MILLION: u64 = 1_000_000;
    let cases = [
        ((4032, 3024), BASELINE, 36 * MILLION),
        ((8160, 6120), BASELINE, 149 * MILLION),
        ((12000, 9000), BASELINE, 324 * MILLION),
        ((16384, 12288), BASELINE, 603 * MILLION),
        ((8160, 6120), PROGRESSIVE, 449 * MILLION),
        ((12000, 9000), PROGRESSIVE, 972 * MILLION),
    ];
    for ((width, height), frame, least) in cases {
        let jpeg = jpeg_of(width, height, frame);
        let source = PictureSource::open(&jpeg, PictureLimits::default()).map_err(|error| error.to_string());
        let memory = source.map(|source| source.memory());
        assert!(
            memory.as_ref().is_ok_and(|memory| (least..least + 60 * MILLION).contains(memory)),
            "{width}: {memory:?}"
        );
    }
    let progressive = jpeg_of(16384, 12288, PROGRESSIVE);
    let refused = PictureSource::open(&progressive, PictureLimits::default()).err();
    assert!(matches!(refused, Some(PictureError::TooMuchMemory { limit: 0x4000_0000, .. })), "{refused:?}");
}

#[test]
fn what_is_too_large_is_refused_before_it_is_decoded_and_names_the_setting() {
    let limits = PictureLimits { pixels: 3_600, memory: 50 << 20 };
    let small = written(stripe(60, 60, (0, 30)), ImageFormat::Png);
    assert!(PictureSource::open(&small, limits).is_ok());
    let refused = |content: &[u8], limits| PictureSource::open(content, limits).err().unwrap().to_string();
    let said = refused(&png_of(61, 60), limits);
    assert!(
        said.starts_with("has 61 x 60 = 3660 pixels; at most 3600 are taken (setting pictures.max_pixels)"),
        "{said}"
    );
    let tight = PictureLimits { memory: 40 << 20, ..limits };
    let said = refused(&small, tight);
    assert!(said.contains("at most 41943040 are given (setting pictures.max_memory_bytes)"), "{said}");
    let error = portrait(&png_of(50_000, 50_000)).unwrap_err();
    assert_eq!(error, PictureError::TooManyPixels { width: 50_000, height: 50_000, limit: 210_000_000 });
}

#[test]
fn large_pictures_are_averaged_down() {
    // The square begins at column 51 and ends before column 2101; transparency is kept, and only where there is some.
    let wide = stripe(2150, 2050, (51, 2101));
    let clear = RgbaImage::from_pixel(2048, 2048, Rgba([220, 20, 20, 0]));
    let cases = [(DynamicImage::from(wide.clone()), 255), (clear.into(), 0)];
    for (image, alpha) in cases {
        let made = portrait(&written(image, ImageFormat::Png)).unwrap();
        for (image, side) in sizes(&made).into_iter().zip([100, 35, 512]) {
            assert_eq!((image.dimensions(), image.color().has_alpha()), ((side, side), alpha == 0));
            for (x, y) in [(0, 0), (side - 1, 0), (side / 2, side / 2), (side - 1, side - 1)] {
                let pixel = image.get_pixel(x, y);
                assert!(is_red(pixel) && pixel[3] == alpha, "{side}: {x},{y} {pixel:?}");
            }
        }
    }
    let [f1, ..] = sizes(&portrait(&on_its_side(&written(stripe(2048, 2048, (0, 1024)), ImageFormat::Jpeg))).unwrap());
    assert!(is_red(f1.get_pixel(90, 10)) && !is_red(f1.get_pixel(10, 90)));
}
