"""Opens sessions for the visitors of a site, with FastAPI:

pip install fastapi uvicorn httpx
GATEWAY=https://gateway.example GATEWAY_KEY=ak_… uvicorn fastapi_server:app --port 3000
"""

import os
from pathlib import Path

import httpx
from fastapi import FastAPI
from fastapi.responses import HTMLResponse, JSONResponse

GATEWAY = os.environ["GATEWAY"]
GATEWAY_KEY = os.environ["GATEWAY_KEY"]
HTML = Path(__file__).with_name("page.html").read_text()

app = FastAPI()


@app.get("/", response_class=HTMLResponse)
def page() -> str:
    return HTML.replace("{gateway}", GATEWAY)


@app.post("/session")
async def session() -> JSONResponse:
    # The site's own user id. The same subject is the same visitor, with the same generations.
    wish = {"subject": "visitor-1", "budget": 30, "lifetime_secs": 3600}
    headers = {"Authorization": f"Bearer {GATEWAY_KEY}"}
    async with httpx.AsyncClient() as client:
        answer = await client.post(f"{GATEWAY}/api/sessions", json=wish, headers=headers)
    return JSONResponse(answer.json(), status_code=answer.status_code)
