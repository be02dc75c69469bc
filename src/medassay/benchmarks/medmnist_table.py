"""What differs between the twelve MedMNIST 2D sets: classes, sizes, licences, words.

Class order, counts, licences and checksums are those of `medmnist/info.py` 3.0.2. Names are MedMNIST's in
natural words without commas, for options are listed with commas ("femur-left" is "left femur").
"""

from __future__ import annotations

from medassay.benchmarks.medmnist_set import Set
from medassay.benchmarks.shared import chest_findings, retinopathy
from medassay.benchmarks.shared.labels import Label, named

PATH = Set(
    name="pathmnist",
    title="PathMNIST",
    task="diagnosis, 9 classes",
    modality="histology (colorectal, H&E)",
    question="Which tissue does this patch of a colorectal H&E slide show?",
    labels=named(
        "adipose|adipose tissue|fat",
        "background|empty slide background",
        "debris|necrotic debris",
        "lymphocytes|a lymphocytic infiltrate",
        "mucus|extracellular mucin",
        "smooth muscle|muscularis",
        "normal colon mucosa|healthy colonic glands",
        "cancer-associated stroma|tumor stroma",
        "colorectal adenocarcinoma epithelium|colorectal cancer",
    ),
    templates=(
        "a histology patch of {}",
        "an H&E stained image of {} from a colorectal slide",
        "a micrograph that shows {}",
    ),
    counts=(89996, 10004, 7180),
    md5_224="2c51a510bcdc9cf8ddb2af93af1eadec",
    images="NCT-CRC-HE-100K (train, val) and CRC-VAL-HE-7K (test, another clinical center).",
    colour=True,
)

CHEST = Set(
    name="chestmnist",
    title="ChestMNIST",
    task="diagnosis, 14 labels",
    modality="chest radiograph",
    question="Which of these findings does this chest X-ray show?",
    labels=chest_findings.labelled(
        (
            "Atelectasis",
            "Cardiomegaly",
            "Effusion",
            "Infiltration",
            "Mass",
            "Nodule",
            "Pneumonia",
            "Pneumothorax",
            "Consolidation",
            "Edema",
            "Emphysema",
            "Fibrosis",
            "Pleural Thickening",
            "Hernia",
        )
    ),
    templates=chest_findings.TEMPLATES,
    counts=(78468, 11219, 22433),
    md5_224="45bd33e6f06c3e8cdb481c74a89152aa",
    images="NIH ChestX-ray14 in its official split.",
    multilabel=True,
    notes="Labels were mined from reports; an image without any has no finding among the fourteen.",
)

DERMA = Set(
    name="dermamnist",
    title="DermaMNIST",
    task="diagnosis, 7 classes",
    modality="dermoscopy",
    question="Which pigmented skin lesion does this dermoscopic image show?",
    labels=named(
        "actinic keratoses and intraepithelial carcinoma|actinic keratosis|Bowen's disease",
        "basal cell carcinoma|BCC",
        "benign keratosis-like lesions|seborrheic keratosis|solar lentigo",
        "dermatofibroma",
        "melanoma|malignant melanoma",
        "melanocytic nevi|a melanocytic nevus|a benign mole",
        "vascular lesions|an angioma|a vascular skin lesion",
        published="a photo of {}",
    ),
    templates=("a dermoscopic image of {}", "a dermatoscopy photo showing {}", "a skin lesion, {}"),
    counts=(7007, 1003, 2005),
    md5_224="8974907d8e169bef5f5b96bc506ae45d",
    images=(
        "Tschandl P, Rosendahl C, Kittler H. The HAM10000 dataset, a large collection of multi-source "
        "dermatoscopic images of common pigmented skin lesions. Sci Data 5:180161 (2018)."
    ),
    colour=True,
    cut_by_image=True,
    licence="CC-BY-NC-4.0",
    notes=(
        "Not for commercial use. HAM10000 holds several images of many lesions: take ham10000 for a cut by "
        "lesion. The published code (MedVLMBench) crashes on more than two classes."
    ),
)

OCT = Set(
    name="octmnist",
    title="OCTMNIST",
    task="diagnosis, 4 classes",
    modality="optical coherence tomography (retina)",
    question="What does this OCT scan of a retina show?",
    labels=(
        *named(
            "choroidal neovascularization|CNV",
            "diabetic macular edema|DME",
            "drusen|early age-related macular degeneration",
        ),
        Label(
            name="normal",
            sentences=(
                "an OCT scan of a normal retina",
                "a retinal OCT B-scan of a healthy eye",
                "an optical coherence tomography image without disease",
            ),
        ),
    ),
    templates=(
        "an OCT scan of a retina with {}",
        "a retinal OCT B-scan showing {}",
        "an optical coherence tomography image of {}",
    ),
    counts=(97477, 10832, 1000),
    md5_224="abc493b6d529d5de7569faaef2773ba3",
    images=(
        "Kermany DS et al. Identifying medical diagnoses and treatable diseases by image-based deep "
        "learning. Cell 172:1122 (2018)."
    ),
)

PNEUMONIA = Set(
    name="pneumoniamnist",
    title="PneumoniaMNIST",
    task="diagnosis, binary",
    modality="chest radiograph (children)",
    question="What does this chest X-ray of a child show?",
    labels=(
        Label(
            name="normal",
            published="a photo of normal",
            sentences=(
                "a normal chest X-ray",
                "a chest radiograph of a healthy child",
                "a chest X-ray with clear lungs",
                "a chest X-ray without signs of pneumonia",
            ),
        ),
        Label(
            name="pneumonia",
            published="a photo of pneumonia",
            sentences=(
                "a chest X-ray with pneumonia",
                "a chest radiograph of a child with pneumonia",
                "a chest X-ray with consolidation of the lungs",
                "a chest X-ray with signs of lung infection",
            ),
        ),
    ),
    counts=(4708, 524, 624),
    md5_224="d6a3c71de1b945ea11211b03746c1fe1",
    images=OCT.images,
    read=True,
    notes=(
        "The positive class is pneumonia (label 1). Loading is verified on a 28-pixel file whose val and "
        "test are the official ones."
    ),
)

RETINA = Set(
    name="retinamnist",
    title="RetinaMNIST",
    task="diagnosis, ordinal 0-4",
    modality="fundus photography",
    question=retinopathy.QUESTION,
    labels=retinopathy.GRADES,
    templates=retinopathy.TEMPLATES,
    counts=(1080, 120, 400),
    md5_224="eae7e3b6f3fcbda4ae613ebdcbe35348",
    images="the DeepDRiD challenge.",
    colour=True,
    ordered=True,
    notes=(
        "MedMNIST writes grades 0 to 4: the words are "
        "those of the international scale of diabetic retinopathy."
    ),
)

BREAST = Set(
    name="breastmnist",
    title="BreastMNIST",
    task="diagnosis, binary",
    modality="ultrasound (breast)",
    question="What does this breast ultrasound show?",
    labels=(
        Label(
            name="normal or benign",
            published="a photo of normal, benign",
            sentences=(
                "a breast ultrasound without malignancy",
                "an ultrasound image of a benign breast lesion",
                "an ultrasound image of normal breast tissue",
                "a sonogram of a breast with no cancer",
            ),
        ),
        Label(
            name="malignant",
            published="a photo of malignant",
            sentences=(
                "a breast ultrasound with a malignancy",
                "an ultrasound image of a malignant breast lesion",
                "an ultrasound image of breast carcinoma",
                "a sonogram of a breast with cancer",
            ),
        ),
    ),
    codes=(1, 0),
    counts=(546, 78, 156),
    md5_224="b56378a6eefa9fed602bb16d192d4c8b",
    images="a dataset of 780 breast ultrasound images.",
    cut_by_image=True,
    notes=(
        "The positive class is malignant, which is code 0 in the file (1 is normal or benign): whoever takes "
        "the file's code 1 for positive measures the detection of benign images."
    ),
)

BLOOD = Set(
    name="bloodmnist",
    title="BloodMNIST",
    task="diagnosis, 8 classes",
    modality="microscopy (blood cells)",
    question="Which blood cell does this microscopic image show?",
    labels=named(
        "basophil|basophil granulocyte",
        "eosinophil|eosinophil granulocyte",
        "erythroblast|nucleated red blood cell",
        "immature granulocyte|myelocyte, metamyelocyte or promyelocyte",
        "lymphocyte",
        "monocyte",
        "neutrophil|neutrophil granulocyte",
        "platelet|thrombocyte",
    ),
    templates=(
        "a microscopic image of a blood smear with one {}",
        "a stained peripheral blood cell, {}",
        "a micrograph of one {}",
    ),
    counts=(11959, 1712, 3421),
    md5_224="b718ff6835fcbdb22ba9eacccd7b2601",
    images="normal peripheral blood cells, 17,092 images.",
    colour=True,
    cut_by_image=True,
)

TISSUE = Set(
    name="tissuemnist",
    title="TissueMNIST",
    task="diagnosis, 8 classes",
    modality="fluorescence microscopy (kidney cortex)",
    question="Which kidney cortex cell does this microscopic image show?",
    labels=named(
        "collecting duct or connecting tubule",
        "distal convoluted tubule",
        "glomerular endothelial cells",
        "interstitial endothelial cells",
        "leukocytes|white blood cells",
        "podocytes",
        "proximal tubule segments",
        "thick ascending limb|thick ascending limb of the loop of Henle",
    ),
    templates=(
        "a fluorescence micrograph of {} in the kidney cortex",
        "a microscopic image of human kidney, {}",
        "a segmented kidney cell of type {}",
    ),
    counts=(165466, 23640, 47280),
    md5_224="b077128c4a949f0a4eb01517f9037b9c",
    images="BBBC051 of the Broad Bioimage Benchmark Collection.",
    cut_by_image=True,
    notes="All cells come from three reference specimens; a pixel is the maximum over seven slices.",
)


def _organs(plane: str, letter: str, counts: tuple[int, int, int], md5_224: str) -> Set:
    return Set(
        name=f"organ{letter}mnist",
        title=f"Organ{letter.upper()}MNIST",
        task="diagnosis, 11 classes",
        modality=f"CT (abdomen, {plane})",
        question=f"Which organ is in the middle of this {plane} CT image?",
        labels=named(
            "bladder|urinary bladder",
            "left femur",
            "right femur",
            "heart",
            "left kidney",
            "right kidney",
            "liver",
            "left lung",
            "right lung",
            "pancreas",
            "spleen",
        ),
        templates=(
            f"a {plane} CT image of the {{}}",
            f"a {plane} slice of an abdominal CT scan, centered on the {{}}",
            "a computed tomography image that shows the {}",
        ),
        counts=counts,
        md5_224=md5_224,
        images="the Liver Tumor Segmentation Benchmark (LiTS).",
        notes="Splits are by CT scan; MedMNIST 2 counted these sets otherwise.",
    )


ORGAN_AXIAL = _organs("axial", "a", (34561, 6491, 17778), "50747347e05c87dd3aaf92c49f9f3170")
ORGAN_CORONAL = _organs("coronal", "c", (12975, 2392, 8216), "050f5e875dc056f6768abf94ec9995d1")
ORGAN_SAGITTAL = _organs("sagittal", "s", (13932, 2452, 8827), "b354719e553fbbb2513d5533f52a4cb1")
