"""Tests of the generation room run torch on one thread: two fight over a busy machine's cores."""

import pytest
import torch


@pytest.fixture(autouse=True, scope="session")
def one_torch_thread():
    torch.set_num_threads(1)
