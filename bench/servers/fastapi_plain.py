"""FastAPI, written as in its documentation: Pydantic models, async handlers, dicts. No masking, no rules."""

import sys
import uuid
from typing import Annotated

import uvicorn
from fastapi import FastAPI, Header, HTTPException
from pydantic import BaseModel

app = FastAPI()


class Profile(BaseModel):
    email: str
    firstName: str | None = None
    lastName: str | None = None
    birthDate: str | None = None
    document: str | None = None
    documentType: str | None = None
    full_name: str | None = None
    phone_number: str | None = None


class StoredProfile(BaseModel):
    id: str
    document: Profile


BY_ID: dict[str, StoredProfile] = {}
BY_EMAIL: dict[str, StoredProfile] = {}


@app.get("/profiles/{key}")
async def read(
    key: str, x_vtex_api_appkey: Annotated[str, Header()], alternativeKey: str | None = None
) -> StoredProfile:
    found = BY_EMAIL.get(key) if alternativeKey == "email" else BY_ID.get(key)
    if found is None:
        raise HTTPException(404)
    return found


@app.post("/profiles", status_code=201)
async def create(profile: Profile, x_vtex_api_appkey: Annotated[str, Header()]) -> StoredProfile:
    if profile.email in BY_EMAIL:
        raise HTTPException(409)
    stored = StoredProfile(id=str(uuid.uuid4()), document=profile)
    BY_ID[stored.id] = BY_EMAIL[profile.email] = stored
    return stored


if __name__ == "__main__":
    uvicorn.run(app, port=int(sys.argv[1]), log_level="warning", access_log=False)
