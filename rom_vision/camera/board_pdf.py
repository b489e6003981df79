"""The board as a printable PDF: vector, true to scale, with a ruler that shows whether the printer kept the scale."""

from __future__ import annotations

import io
from pathlib import Path

import cv2
import numpy as np
from reportlab.lib.units import mm
from reportlab.pdfgen.canvas import Canvas

from rom_vision.camera.board import Board, dictionary
from rom_vision.files import write_bytes

__all__ = ["write_board_pdf"]

_TOP_MM = 8.0
_RULER_MM = 150
_ADVICE = (
    "Print at 100 % (actual size, no fitting): the ruler is 150 mm long, a square 30 mm wide and 30 mm high.",
    "Fix it flat on something stiff: glass, a drawer front, foam board.",
    "Film it slowly: near and far, tilted to every side, and in all four corners of the picture.",
)


def write_board_pdf(board: Board, path: Path) -> None:
    """Write one page with the board, a 150 mm ruler and short instructions; the same bytes every time.

    Raises
    ------
    BadInputError
        If the file cannot be written.
    """
    width, height = board.page_mm
    out = io.BytesIO()
    canvas = Canvas(out, pagesize=(width * mm, height * mm), invariant=True)
    canvas.setTitle(f"rom_vision calibration board ({board.paper})")
    canvas.setFillGray(0)
    left = (width - board.columns * board.square_mm) / 2
    # Board axes (x right, y down from its upper left corner) on the page.
    canvas.saveState()
    canvas.translate(left * mm, (height - _TOP_MM) * mm)
    canvas.scale(mm, -mm)
    _draw_squares(canvas, board)
    canvas.restoreState()
    _draw_ruler(canvas, left, height - _TOP_MM - board.rows * board.square_mm - 7.0)
    canvas.setFont("Helvetica", 8)
    title = f"rom_vision calibration board, {board.paper.capitalize()} paper."
    for k, line in enumerate((title, *_ADVICE)):
        canvas.drawString(left * mm, (height - _TOP_MM - board.rows * board.square_mm - 16.0 - 3.6 * k) * mm, line)
    canvas.save()
    write_bytes(path, out.getvalue())


def _draw_squares(canvas: Canvas, board: Board) -> None:
    for row in range(board.rows):
        for column in range(row % 2, board.columns, 2):
            side = board.square_mm
            canvas.rect(column * side, row * side, side, side, stroke=0, fill=1)
    for marker_id, corners in zip(board.ids, board.charuco.getObjPoints(), strict=True):
        x, y = (float(v) for v in np.asarray(corners)[0, :2])
        canvas.setFillGray(0)
        canvas.rect(x, y, board.marker_mm, board.marker_mm, stroke=0, fill=1)
        cells = cv2.aruco.generateImageMarker(dictionary(), marker_id, 6)
        cell = board.marker_mm / 6
        white = canvas.beginPath()
        for i, j in np.argwhere(cells > 0):
            white.rect(x + j * cell, y + i * cell, cell, cell)
        canvas.setFillGray(1)
        canvas.drawPath(white, stroke=0, fill=1)
    canvas.setFillGray(0)


def _draw_ruler(canvas: Canvas, left: float, base: float) -> None:
    canvas.setLineWidth(0.2 * mm)
    canvas.setFont("Helvetica", 7)
    canvas.line(left * mm, base * mm, (left + _RULER_MM) * mm, base * mm)
    for at in range(0, _RULER_MM + 1, 10):
        tick = 3.0 if at % 50 == 0 else 1.8
        canvas.line((left + at) * mm, base * mm, (left + at) * mm, (base + tick) * mm)
        if at % 50 == 0:
            canvas.drawCentredString((left + at) * mm, (base - 3.2) * mm, f"{at} mm")
