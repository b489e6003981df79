"""A session as a FHIR R4 bundle: the person, Observations of what was measured, Procedures of what was trained.

What has a LOINC code carries it (see the test's presenter); everything else uses a code system of our own.
"""

from __future__ import annotations

import json
import uuid
from collections.abc import Sequence
from datetime import datetime

from rom_vision.drills.training import Training
from rom_vision.meaning.norms import Sex
from rom_vision.report.fhir_parts import Json
from rom_vision.report.presenters.registry import presenter_of
from rom_vision.report.training import procedures
from rom_vision.results.document import Document

__all__ = ["fhir_of"]


def fhir_of(
    documents: Sequence[Document],
    *,
    person: str,
    taken_at: datetime,
    person_uid: str | None = None,
    sex: Sex | None = None,
    birth_year: int | None = None,
    trained: Sequence[Training] = (),
) -> str:
    """Return a session as the JSON text of a FHIR R4 collection bundle.

    Parameters
    ----------
    documents : results of the session; a refused one becomes an Observation without a value that says why.
    person : the person's name.
    taken_at : when the tests were done, with time zone.
    person_uid : the person's identity in the store; a new one without.
    sex, birth_year : where known.
    trained : drills done before the session; each becomes a Procedure.
    """
    identity = uuid.UUID(hex=person_uid) if person_uid else uuid.uuid4()
    patient = identity.urn
    resource: Json = {
        "resourceType": "Patient",
        "identifier": [{"system": "urn:ietf:rfc:3986", "value": patient}],
        "name": [{"text": person}],
    }
    resource |= {"gender": sex} if sex else {}
    resource |= {"birthDate": f"{birth_year:04d}"} if birth_year else {}
    entries = [{"fullUrl": patient, "resource": resource}]
    common: Json = {"subject": {"reference": patient}, "effectiveDateTime": taken_at.isoformat(timespec="seconds")}
    for number, document in enumerate(documents):
        found = presenter_of(document.test).observations(document, sex)
        for part, observation in enumerate(found):
            key = uuid.uuid5(identity, f"{taken_at.isoformat()}|{number}|{part}")
            if notes := [*observation.get("note", ()), *({"text": warning} for warning in document.warnings)]:
                observation["note"] = notes
            entries.append({"fullUrl": key.urn, "resource": observation | common})
    entries += [{"fullUrl": url, "resource": procedure} for url, procedure in procedures(trained, patient)]
    bundle = {
        "resourceType": "Bundle",
        "type": "collection",
        "timestamp": taken_at.isoformat(timespec="seconds"),
        "entry": entries,
    }
    return json.dumps(bundle, ensure_ascii=False, indent=1)
