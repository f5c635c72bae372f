"""The generated client against the running gateway: AI_NOW_GATEWAY, with the key AI_NOW_KEY."""

import os

from ai_now_client import AuthenticatedClient
from ai_now_client.api.documented import ping
from ai_now_client.api.generations import create_generation, get_catalog, get_generation
from ai_now_client.models.accepted import Accepted
from ai_now_client.models.catalog import Catalog
from ai_now_client.models.error_body import ErrorBody
from ai_now_client.models.generate_request_suno import GenerateRequestSuno
from ai_now_client.models.generate_request_suno_model import GenerateRequestSunoModel
from ai_now_client.models.generation import Generation

client = AuthenticatedClient(os.environ["AI_NOW_GATEWAY"], os.environ["AI_NOW_KEY"])

assert ping.sync(client=client) == "pong"

catalog = get_catalog.sync(client=client)
assert isinstance(catalog, Catalog), catalog
assert any(model.id == "suno" for model in catalog.models), catalog

body = GenerateRequestSuno(GenerateRequestSunoModel.SUNO, "a song, 5 seconds")
accepted = create_generation.sync(client=client, body=body)
assert isinstance(accepted, Accepted), accepted
assert accepted.balance.held >= accepted.price, accepted

generation = get_generation.sync(accepted.id, client=client)
assert isinstance(generation, Generation), generation
assert generation.prompt == body.prompt, generation

unknown = get_generation.sync("a" * 26, client=client)
assert isinstance(unknown, ErrorBody) and unknown.code == "no_such_generation", unknown
