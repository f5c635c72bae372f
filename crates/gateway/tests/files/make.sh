#!/bin/sh
# Makes the media files of the tests beside it, with FFmpeg (and four with cjpeg). They are committed: no test needs FFmpeg.
set -e
cd "$(dirname "$0")"
Q="ffmpeg -hide_banner -loglevel error -y"
A="-f lavfi -i sine=frequency=440:duration=0.3:sample_rate=8000"
V="-f lavfi -i testsrc=size=32x32:rate=10:duration=0.4"
N="-map_metadata -1 -fflags +bitexact -flags:v +bitexact -flags:a +bitexact"
$Q $A $N -ac 1 -b:a 16k song.mp3
$Q $A $N -ac 1 -b:a 16k -write_xing 0 -id3v2_version 0 song-without-length.mp3
$Q $A $N -ac 1 -b:a 16k -c:a aac song.m4a
$Q $A $N -ac 1 -b:a 16k -c:a aac -f adts song.aac
$Q $A $N -ac 1 song.wav
$Q $A $N -ac 1 -metadata_header_padding 0 song.flac
$Q $A $N -ac 1 -ar 48000 -c:a libopus -b:a 12k song.opus
$Q $A $N -ac 1 -c:a libvorbis -q:a 0 song.ogg
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 film.mp4
$Q $V $A $N -c:v libx264 -pix_fmt yuv420p -crf 40 -c:a aac -b:a 16k -ac 1 -shortest film-with-sound.mp4
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 -movflags frag_keyframe+empty_moov film-fragmented.mp4
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 -movflags +faststart film-faststart.mp4
$Q $V $N -c:v libvpx-vp9 -crf 50 -b:v 0 film.webm
$Q $V $N -c:v libvpx -b:v 20k film-vp8.webm
$Q $V $N -c:v libaom-av1 -crf 50 -cpu-used 8 film-av1.mp4
$Q $V $N -c:v libx265 -x265-params log-level=none -crf 45 -tag:v hvc1 hevc.mp4
$Q $V $N -c:v mpeg4 -q:v 30 mpeg4.mp4
$Q $V $N -c:v libx265 -x265-params log-level=none -crf 45 hevc.mkv
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 film.mkv
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 film.mov
$Q $V $V $N -map 0 -map 1 -c:v libx264 -pix_fmt yuv420p -crf 40 two-tracks.mp4
$Q $A $N -ac 1 -b:a 16k -c:a aac -f mp4 sound-alone.mp4
$Q $A $N -ac 1 -c:a libopus -ar 48000 -b:a 12k -f webm sound-alone.webm
$Q $V $N -c:v mjpeg -q:v 20 film.avi
P="-f lavfi -i testsrc=size=16x16 -frames:v 1"
$Q $P $N picture.png
$Q $P $N -q:v 20 picture.jpg
$Q $P $N -c:v libwebp -q:v 30 picture.webp
$Q $P $N -c:v libaom-av1 -still-picture 1 -crf 50 picture.avif
$Q $V $N -c:v libaom-av1 -crf 50 -cpu-used 8 -f avif moving.avif
$Q $V $N -c:v libwebp_anim -q:v 10 -loop 0 moving.webp
$Q $V $N -f apng -plays 0 moving.png
$Q $P $N picture.gif
$Q $P $N picture.bmp
$Q $P $N picture.tiff
# In several fragments: with a list of them at the end, with an index of segments at the start.
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 -g 1 -movflags frag_keyframe+empty_moov fragments-list.mp4
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 -g 1 -movflags frag_keyframe+empty_moov+dash+global_sidx fragments-index.mp4
# What browsers don't play.
$Q $V $N -c:v libx264 -pix_fmt yuv420p10le -crf 40 h264-10-bit.mp4
$Q $V $N -c:v libx264 -pix_fmt yuv422p -crf 40 h264-422.mp4
$Q $V $N -c:v libx264 -pix_fmt yuv444p -crf 40 h264-444.mp4
$Q $V $A $N -c:v libx264 -pix_fmt yuv420p -crf 40 -c:a pcm_s16le -ac 1 -shortest sound-pcm.mov
$Q $V $N -c:v libx264 -pix_fmt yuv420p -crf 40 -encryption_scheme cenc-aes-ctr -encryption_key 00112233445566778899aabbccddeeff -encryption_kid 00112233445566778899aabbccddeeff encrypted.mp4
# JPEG in its other ways, with cjpeg of libjpeg-turbo.
ppm() { $Q -f lavfi -i "testsrc=size=61x45,format=$1" -frames:v 1 -f image2pipe -c:v "$2" -; }
ppm rgb24 ppm | cjpeg -quality 40 -progressive -sample 2x2 > progressive.jpg
ppm rgb24 ppm | cjpeg -quality 40 -optimize -sample 2x1 -restart 3B > subsampled.jpg
ppm gray pgm | cjpeg -quality 40 -progressive -restart 2B > grey.jpg
ppm rgb24 ppm | cjpeg -quality 40 -arithmetic > arithmetic.jpg
