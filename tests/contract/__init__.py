"""What every adapter must do, whatever its platform."""

import pytest

pytest.register_assert_rewrite("tests.contract.adapter_contract")
