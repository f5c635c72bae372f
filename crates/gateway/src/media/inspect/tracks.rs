//! The tracks of a film or a song: what they are coded in, how long they are, and whether all of
//! it is there.

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
use super::whole::{self, Told};

/// What tracks are in.
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

/// The tracks that count, by what they are.
#[derive(Default)]
struct Tracks {
    video: Vec<Length>,
    audio: Vec<Length>,
}

/// How long a track says that it is, and how much of it is there.
struct Length {
    id: u32,
    /// In units of the track's own; `None` where it says nothing.
    told: Option<u64>,
    found: u64,
    packets: u64,
    bytes: u64,
}

/// Reads a file from `start` to its end. The format that it then is.
pub(super) fn read(
    container: Container,
    file: File,
    size: u64,
    start: u64,
) -> Result<Format, ContentError> {
    let mut ends = file.try_clone()?;
    let mut reader = open(container, file).map_err(of_parser)?;
    let mut tracks = sort(reader.tracks())?;
    walk(reader.as_mut(), &mut tracks)?;
    drop(reader);
    let format = format_of(container, &tracks)?;
    let main = tracks.video.first().or(tracks.audio.first()).ok_or(ContentError::NoTrack)?;
    if main.packets == 0 || main.found == 0 && main.told == Some(0) {
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

/// The tracks that are played. What else a container may hold (subtitles, data) is let be.
fn sort(tracks: &[Track]) -> Result<Tracks, ContentError> {
    let mut sorted = Tracks::default();
    for track in tracks {
        let length = Length {
            id: track.id,
            told: track.duration.map(Duration::get).or(track.num_frames),
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
                // One that the reader knows and has no number for: what does not play was refused
                // by its name before.
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

/// Reads every packet: one that is not there is found missing.
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

/// Formats without an end of their own: what was found must be what there is.
fn check_end(
    container: Container,
    file: &mut File,
    size: u64,
    start: u64,
    main: &Length,
) -> Result<(), ContentError> {
    match container {
        Container::Flac => match main.told {
            Some(told) if told > 0 && main.found < told => Err(ContentError::Cut),
            _ => Ok(()),
        },
        Container::Mpeg => mpeg_end(file, size, start, main),
        Container::Adts => {
            // What counts as data is what follows a frame's header: 7 bytes, or 9 with a checksum.
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

/// A stream of frames, one after the other. Its first frame may say how many there are.
fn mpeg_end(file: &mut File, size: u64, start: u64, main: &Length) -> Result<(), ContentError> {
    let mut first = Vec::new();
    file.seek(SeekFrom::Start(start))?;
    file.by_ref().take(200).read_to_end(&mut first)?;
    let end = whole::before_tags(file, size)?;
    if let Some(told) = whole::told_by_first_frame(&first) {
        let missing = match told {
            Told::Bytes(bytes) => start + u64::from(bytes) > end,
            // Without the bytes, the time must do.
            Told::Nothing => main.found < main.told.unwrap_or(0),
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
    // Half a frame, or more that is no sound than there is sound.
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
