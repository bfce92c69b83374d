"""The learner's stop button: what ends, what is remembered, what is put back."""

import signal

import pytest
import torch

from grader.lab import interrupts


def press() -> None:
    signal.raise_signal(signal.SIGINT)


def test_a_stopped_block_says_so_and_gradients_are_recorded_again() -> None:
    with interrupts.until_stopped() as interruption:
        torch.set_grad_enabled(False)
        press()
    assert interruption.came
    assert torch.is_grad_enabled()


def test_where_it_is_a_time_limit_it_is_raised_again() -> None:
    with pytest.raises(KeyboardInterrupt), interrupts.until_stopped(unless=lambda: True):
        press()


def test_a_press_is_noticed_and_goes_on() -> None:
    before = signal.getsignal(signal.SIGINT)
    with interrupts.until_stopped() as interruption, interrupts.noticed() as pressed:
        press()
    assert (pressed, interruption.came) == ([True], True)
    assert signal.getsignal(signal.SIGINT) is before


def test_an_idle_kernel_hears_it_inside_the_block_alone() -> None:
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        press()
        with interrupts.until_stopped() as interruption, interrupts.raised_while_idle():
            press()
        assert interruption.came
        press()
    finally:
        signal.signal(signal.SIGINT, before)
