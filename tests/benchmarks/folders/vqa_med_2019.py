"""VQA-Med 2019 as its archives unpack: bars without a header, alternatives, optional parts, a stray tab."""

from __future__ import annotations

from pathlib import Path

from tests.benchmarks.drawing import draw

WORDS = ["vqa-med-2019"]

TEST = """\
synpic1|modality|is \tthis a t1 weighted image?|no
synpic2|modality|is this a contrast or noncontrast mri?|noncontrast (mri)
synpic3|organ|what organ system is imaged?|face, sinuses, and neck#skull and contents
synpic4|abnormality|what is abnormal in the ct scan?|(angioinvasive aspergillosis with) septic cerebral emboli
synpic5|abnormality|is this image normal?|yes
synpic6|plane|what plane is this film|mammo - cc
synpic7|modality|what type of imaging is this?|mr t2* gradient,gre,mpgr,swan,swi
"""
_TRAIN = {
    "C1_Modality": "was the ct scan taken with contrast?|yes",
    "C2_Plane": "which plane is this image in?|axial",
    "C3_Organ": "the mri shows what organ system?|breast",
    "C4_Abnormality": "what is most alarming about this mri?|arteriovenous malformation (avm)",
}


def make(root: Path, word: str) -> None:
    """The test and the training archive."""
    test, train = root / "VQAMed2019Test", root / "ImageClef-2019-VQA-Med-Training"
    for n in range(1, 8):
        draw(test / "VQAMed2019_Test_Images" / f"synpic{n}.jpg", n)
    (test / "VQAMed2019_Test_Questions_w_Ref_Answers.txt").write_text(TEST, "utf-8")
    draw(train / "Train_images" / "synpic10.jpg", 10)
    (train / "QAPairsByCategory").mkdir()
    for name, rest in _TRAIN.items():
        (train / "QAPairsByCategory" / f"{name}_train.txt").write_text(f"synpic10|{rest}\n", "utf-8")
