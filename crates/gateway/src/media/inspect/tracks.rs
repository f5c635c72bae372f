//! The tracks of a film or a song: their codecs, their lengths, and whether they are complete.

use std::fs::File;
use std::io::{Read as _, Seek as _, SeekFrom};

use ai_now_protocol::Format;
use symphonia::core::codecs::CodecParameters;
use symphonia::core::codecs::audio::well_known as audio;
use symphonia::core::codecs::video::{CODEC_ID_NULL_VIDEO, well_known as video};
use symphonia::core::errors::Error;
use symphonia::core::formats::{FormatOptions, FormatReader, Track};
use symphonia::core::io::{MediaSourceStream, MediaSourceStreamOptions};
use symphonia::core::units::Duration;
use symphonia::default::formats::{
    AdtsReader, FlacReader, IsoMp4Reader, MkvReader, MpaReader, OggReader, WavReader,
};

use super::error::ContentError;
use super::whole::{self, DeclaredLength};

/// The container of the tracks.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Container {
    Mpeg,
    Adts,
    Flac,
    Iso,
    Matroska,
    Ogg,
    Wave,
}

/// The tracks to be played, by their kind.
#[derive(Default)]
struct Tracks {
    video: Vec<Length>,
    audio: Vec<Length>,
}

/// The declared length of a track, and how much of it was found.
struct Length {
    id: u32,
    /// In the track's own unit; `None` if it declares none.
    declared: Option<u64>,
    found: u64,
    packets: u64,
    bytes: u64,
}

/// Reads a file from `start` to its end, and returns its format.
pub(super) fn read(
    container: Container,
    file: File,
    size: u64,
    start: u64,
) -> Result<Format, ContentError> {
    let mut ends = file.try_clone()?;
    let mut reader = open(container, file).map_err(of_parser)?;
    let mut tracks = sort(reader.tracks())?;
    match walk(reader.as_mut(), &mut tracks) {
        // Written as it went, without a length: it ends where it ends. Whatever says how long it is was
        // compared with the file before.
        Err(ContentError::Cut) if container == Container::Wave => {}
        walked => walked?,
    }
    drop(reader);
    let format = format_of(container, &tracks)?;
    let main = tracks.video.first().or(tracks.audio.first()).ok_or(ContentError::NoTrack)?;
    if main.packets == 0 || main.found == 0 && main.declared == Some(0) {
        return Err(ContentError::Empty);
    }
    check_end(container, &mut ends, size, start, main)?;
    Ok(format)
}

fn open(container: Container, file: File) -> Result<Box<dyn FormatReader>, Error> {
    let stream = MediaSourceStream::new(Box::new(file), MediaSourceStreamOptions::default());
    let options = FormatOptions::default();
    Ok(match container {
        Container::Mpeg => Box::new(MpaReader::try_new(stream, options)?),
        Container::Adts => Box::new(AdtsReader::try_new(stream, options)?),
        Container::Flac => Box::new(FlacReader::try_new(stream, options)?),
        Container::Iso => Box::new(IsoMp4Reader::try_new(stream, options)?),
        Container::Matroska => Box::new(MkvReader::try_new(stream, options)?),
        Container::Ogg => Box::new(OggReader::try_new(stream, options)?),
        Container::Wave => Box::new(WavReader::try_new(stream, options)?),
    })
}

/// The tracks that are played. Other tracks (subtitles, data) are ignored.
fn sort(tracks: &[Track]) -> Result<Tracks, ContentError> {
    let mut sorted = Tracks::default();
    for track in tracks {
        let length = Length {
            id: track.id,
            declared: track.duration.map(Duration::get).or(track.num_frames),
            found: 0,
            packets: 0,
            bytes: 0,
        };
        match &track.codec_params {
            Some(CodecParameters::Video(params)) => match params.codec {
                video::CODEC_ID_H264
                | video::CODEC_ID_VP8
                | video::CODEC_ID_VP9
                | video::CODEC_ID_AV1
                // A codec that the reader knows and has no id for: unplayable ones were rejected by
                // name before.
                | CODEC_ID_NULL_VIDEO => sorted.video.push(length),
                video::CODEC_ID_HEVC => return Err(ContentError::Unplayable("HEVC (H.265)")),
                video::CODEC_ID_MPEG4 => return Err(ContentError::Unplayable("MPEG-4 Part 2")),
                _ => return Err(ContentError::Unplayable("a video codec of another kind")),
            },
            Some(CodecParameters::Audio(params)) => match params.codec {
                audio::CODEC_ID_MP3
                | audio::CODEC_ID_AAC
                | audio::CODEC_ID_FLAC
                | audio::CODEC_ID_OPUS
                | audio::CODEC_ID_VORBIS
                | audio::CODEC_ID_PCM_U8
                | audio::CODEC_ID_PCM_S16LE
                | audio::CODEC_ID_PCM_S24LE
                | audio::CODEC_ID_PCM_S32LE
                | audio::CODEC_ID_PCM_F32LE => sorted.audio.push(length),
                _ => return Err(ContentError::Unplayable("an audio codec of another kind")),
            },
            _ => {}
        }
    }
    if sorted.video.len() > 1 || sorted.audio.len() > 1 {
        return Err(ContentError::ManyTracks);
    }
    Ok(sorted)
}

/// Reads every packet, so that a missing one is noticed.
fn walk(reader: &mut dyn FormatReader, tracks: &mut Tracks) -> Result<(), ContentError> {
    while let Some(packet) = reader.next_packet().map_err(of_parser)? {
        let mut all = tracks.video.iter_mut().chain(&mut tracks.audio);
        if let Some(length) = all.find(|length| length.id == packet.track_id) {
            length.found = length.found.saturating_add(packet.dur.get());
            length.packets += 1;
            length.bytes += packet.data.len() as u64;
        }
    }
    Ok(())
}

fn format_of(container: Container, tracks: &Tracks) -> Result<Format, ContentError> {
    let film = !tracks.video.is_empty();
    match (container, film) {
        (Container::Mpeg, _) => Ok(Format::Mp3),
        (Container::Adts, _) => Ok(Format::Aac),
        (Container::Flac, _) => Ok(Format::Flac),
        (Container::Wave, _) => Ok(Format::Wav),
        (Container::Ogg, false) => Ok(Format::Ogg),
        (Container::Iso, true) => Ok(Format::Mp4),
        (Container::Iso, false) => Ok(Format::M4a),
        (Container::Matroska, true) => Ok(Format::Webm),
        (Container::Ogg, true) => Err(ContentError::Unplayable("Ogg video")),
        (Container::Matroska, false) => Err(ContentError::NoTrack),
    }
}

/// Formats without an end marker: what was found must be what the file has.
fn check_end(
    container: Container,
    file: &mut File,
    size: u64,
    start: u64,
    main: &Length,
) -> Result<(), ContentError> {
    match container {
        Container::Flac => match main.declared {
            Some(declared) if declared > 0 && main.found < declared => Err(ContentError::Cut),
            _ => Ok(()),
        },
        Container::Mpeg => mpeg_end(file, size, start, main),
        Container::Adts => {
            // The data of a frame follows its header: 7 bytes, or 9 with a checksum.
            let mut head = [0; 2];
            file.seek(SeekFrom::Start(start))?;
            file.read_exact(&mut head)?;
            let header = if head[1] & 1 == 1 { 7 } else { 9 };
            let frames_end = start + main.bytes + header * main.packets;
            let end = whole::before_tags(file, size)?;
            if frames_end < end { Err(ContentError::Cut) } else { Ok(()) }
        }
        Container::Iso | Container::Matroska | Container::Ogg | Container::Wave => Ok(()),
    }
}

/// A stream of frames. Its first frame may declare the length.
fn mpeg_end(file: &mut File, size: u64, start: u64, main: &Length) -> Result<(), ContentError> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.by_ref().take(200).read_to_end(&mut first)?;
    let end = whole::before_tags(file, size)?;
    if let Some(declared) = whole::declared_by_first_frame(&first) {
        let missing = match declared {
            DeclaredLength::Bytes(bytes) => start + u64::from(bytes) > end,
            // Without the number of bytes, the duration must do.
            DeclaredLength::Unknown => main.found < main.declared.unwrap_or(0),
        };
        return if missing { Err(ContentError::Cut) } else { Ok(()) };
    }
    let frames_end = start + main.bytes;
    if frames_end >= end {
        return Ok(());
    }
    let mut rest = [0; 2];
    file.seek(SeekFrom::Start(frames_end))?;
    let read = file.read(&mut rest)?;
    // A partial frame, or more bytes that are not audio than audio.
    let half = read == 1 || rest[0] == 0xff && rest[1] & 0xe0 == 0xe0;
    if half {
        Err(ContentError::Cut)
    } else if end - frames_end > main.bytes {
        Err(ContentError::Broken)
    } else {
        Ok(())
    }
}

fn of_parser(error: Error) -> ContentError {
    match error {
        Error::IoError(error) => error.into(),
        _ => ContentError::Broken,
    }
}
