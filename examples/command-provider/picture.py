#!/usr/bin/env python3
"""A picture model on this machine, as a provider of the AI-Now gateway (docs/providers.md).

It needs the Python packages `torch`, `diffusers`, `transformers` and `accelerate`, and the
directory of a text-to-image model that diffusers can load. Nothing is downloaded.

    picture.py /srv/models/sdxl-turbo --steps 4 --guidance 0
"""

import argparse
import json
import os
import sys

# Libraries may print to standard output. Redirect that to the gateway's log, and keep the real standard output for
# protocol lines.
OUTPUT = os.fdopen(os.dup(1), "w", encoding="utf-8")
os.dup2(2, 1)


def say(**line):
    """One line to the gateway."""
    print(json.dumps(line), file=OUTPUT, flush=True)


def main():
    arguments = argparse.ArgumentParser()
    arguments.add_argument("model", help="directory of the model")
    arguments.add_argument("--steps", type=int, default=30)
    arguments.add_argument("--guidance", type=float, default=7.0)
    arguments = arguments.parse_args()
    request = json.load(sys.stdin)
    if request["kind"] != "picture":
        say(error="this program makes pictures only")
        return

    say(progress=0.0, step="loading")
    import torch
    from diffusers import AutoPipelineForText2Image

    gpu = torch.cuda.is_available()
    pipeline = AutoPipelineForText2Image.from_pretrained(
        arguments.model,
        torch_dtype=torch.float16 if gpu else torch.float32,
        local_files_only=True,
    ).to("cuda" if gpu else "cpu")

    def tell(_pipeline, step, _time, state):
        say(progress=0.1 + 0.85 * (step + 1) / arguments.steps, step="drawing")
        return state

    result = pipeline(
        request["phrased"],
        num_inference_steps=arguments.steps,
        guidance_scale=arguments.guidance,
        generator=torch.Generator("cpu").manual_seed(request["seed"]),
        callback_on_step_end=tell,
    )
    if any(getattr(result, "nsfw_content_detected", None) or []):
        say(error="the model's own filter held the picture back", kind="content_policy")
        return
    # A relative path: the working directory belongs to this generation.
    result.images[0].save("picture.png")
    say(file="picture.png", note=f"{os.path.basename(arguments.model)}, {arguments.steps} steps")


if __name__ == "__main__":
    main()
