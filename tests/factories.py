"""Objects for tests, with real small files behind every case."""

import io
from datetime import timedelta
from typing import Any

import factory
import numpy as np
from django.core.files.base import ContentFile
from django.utils import timezone
from PIL import Image

from cases.library.models import Case, CaseRequest, Job
from cases.programs.models import Cohort, Membership, Program, Role, User
from cases.quizzes.models import Assignment, Attempt, Question, Quiz, Response
from generation.orders import Order
from generation.spec import CaseSpec

SIZE = 64
PASSWORD = "a-long-test-password"


class ProgramFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Program

    name = factory.Sequence(lambda n: f"Hospital {n}")
    slug = factory.Sequence(lambda n: f"hospital-{n}")


class UserFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = User
        skip_postgeneration_save = True

    email = factory.Sequence(lambda n: f"person{n}@hospital.example")
    username = factory.SelfAttribute("email")
    first_name = factory.Faker("first_name")
    last_name = factory.Faker("last_name")
    password = factory.django.Password(PASSWORD)


class MembershipFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Membership

    program = factory.SubFactory(ProgramFactory)
    user = factory.SubFactory(UserFactory)
    role = Role.INSTRUCTOR


class CohortFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Cohort
        skip_postgeneration_save = True

    program = factory.SubFactory(ProgramFactory)
    name = factory.Sequence(lambda n: f"Year {n}")

    @factory.post_generation
    def trainees(self, create: bool, extracted: Any, **kwargs: Any) -> None:
        if create and extracted:
            self.trainees.add(*extracted)


def png(array: np.ndarray) -> bytes:
    """An array as the bytes of a PNG file."""
    stream = io.BytesIO()
    Image.fromarray(array).save(stream, "PNG")
    return stream.getvalue()


def lesion_mask(with_lesion: bool) -> np.ndarray:
    """A square lesion at rows and columns 16 to 31 of a 64 × 64 film, or none."""
    mask = np.zeros((SIZE, SIZE), np.uint8)
    if with_lesion:
        mask[16:32, 16:32] = 255
    return mask


class CaseRequestFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = CaseRequest

    program = factory.SubFactory(ProgramFactory)
    requested_by = factory.SubFactory(UserFactory)
    order = factory.LazyFunction(lambda: Order(finding="pneumothorax", stages=(2,), count=2, seed=1).to_dict())
    sentence = "2 cases: pneumothorax, stage 2"


class JobFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Job

    request = factory.SubFactory(CaseRequestFactory)
    program = factory.SelfAttribute("request.program")
    total = 2


class CaseFactory(factory.django.DjangoModelFactory):
    """``CaseFactory(case_spec=CaseSpec(...), program=...)``: an accepted case unless told otherwise."""

    class Meta:
        model = Case
        exclude = ["case_spec"]

    case_spec = factory.Sequence(
        lambda n: CaseSpec(finding="pneumothorax", stage=2, side="right", age=60, sex="F", seed=n)
    )
    program = factory.SubFactory(ProgramFactory)
    request = factory.SubFactory(CaseRequestFactory, program=factory.SelfAttribute("..program"))
    slot = factory.Sequence(int)
    spec = factory.LazyAttribute(lambda case: case.case_spec.to_dict())
    finding = factory.LazyAttribute(lambda case: case.case_spec.finding)
    stage = factory.LazyAttribute(lambda case: case.case_spec.stage)
    side = factory.LazyAttribute(lambda case: case.case_spec.side)
    lobe = factory.LazyAttribute(lambda case: case.case_spec.lobe)
    age = factory.LazyAttribute(lambda case: case.case_spec.age)
    sex = factory.LazyAttribute(lambda case: case.case_spec.sex)
    comorbidities = factory.LazyAttribute(lambda case: list(case.case_spec.comorbidities))
    patient_key = factory.LazyAttribute(lambda case: case.case_spec.patient_key)
    rows = SIZE
    columns = SIZE
    pixel_spacing_mm = 1.25
    lesion_area_mm2 = factory.LazyAttribute(lambda case: 0 if case.finding == "normal" else 16 * 16 * 1.25**2)
    vignette = factory.LazyFunction(
        lambda: {
            "history": "Cough for three days.",
            "examination": "",
            "question": "Please assess.",
            "vitals": [],
            "laboratory": [],
        }
    )
    provenance = factory.LazyAttribute(
        lambda case: {
            "spec": case.spec,
            "seed": case.case_spec.seed,
            "model_name": "test",
            "model_version": "1",
            "weights_sha256": "0" * 64,
            "pixels_sha256": "0" * 64,
            "made_at": timezone.now().isoformat(),
            "seconds": 0.1,
        }
    )
    curation = Case.Curation.ACCEPTED
    teaching_point = ""

    @factory.lazy_attribute
    def pixels(self) -> ContentFile:
        film = np.tile(np.arange(SIZE, dtype="<u2") * 60, (SIZE, 1))
        return ContentFile(film.tobytes(), name="pixels.bin")

    @factory.lazy_attribute
    def preview(self) -> ContentFile:
        return ContentFile(png(np.tile(np.arange(SIZE, dtype=np.uint8) * 3, (SIZE, 1))), name="preview.png")

    @factory.lazy_attribute
    def mask(self) -> ContentFile:
        return ContentFile(png(lesion_mask(self.finding != "normal")), name="mask.png")

    @factory.lazy_attribute
    def overlay(self) -> ContentFile:
        mask = lesion_mask(self.finding != "normal")
        return ContentFile(png(np.dstack([mask, mask // 2, mask * 0, mask // 2])), name="overlay.png")

    @factory.lazy_attribute
    def dicom(self) -> ContentFile:
        return ContentFile(b"\0" * 128 + b"DICM", name="film.dcm")


class QuizFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Quiz

    program = factory.SubFactory(ProgramFactory)
    title = factory.Sequence(lambda n: f"Quiz {n}")
    author = factory.SubFactory(UserFactory)


class QuestionFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Question

    quiz = factory.SubFactory(QuizFactory)
    case = factory.SubFactory(CaseFactory, program=factory.SelfAttribute("..quiz.program"))
    kind = Question.Kind.CHOICE
    position = factory.Sequence(lambda n: n + 1)
    prompt = "What is the most likely diagnosis?"
    options = factory.LazyAttribute(
        lambda question: {
            "choice": ["normal", "pneumothorax", "pneumonia", "pleural_effusion"],
            "stage": [1, 2, 3],
            "locate": [],
        }[question.kind]
    )


class AssignmentFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Assignment

    quiz = factory.SubFactory(QuizFactory)
    cohort = factory.SubFactory(CohortFactory, program=factory.SelfAttribute("..quiz.program"))
    assigned_by = factory.SubFactory(UserFactory)
    opens_at = factory.LazyFunction(lambda: timezone.now() - timedelta(days=1))
    closes_at = factory.LazyFunction(lambda: timezone.now() + timedelta(days=7))


class AttemptFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Attempt

    assignment = factory.SubFactory(AssignmentFactory)
    trainee = factory.SubFactory(UserFactory)


class ResponseFactory(factory.django.DjangoModelFactory):
    class Meta:
        model = Response

    attempt = factory.SubFactory(AttemptFactory)
    question = factory.SubFactory(QuestionFactory, quiz=factory.SelfAttribute("..attempt.assignment.quiz"))
    position = factory.Sequence(lambda n: n + 1)
