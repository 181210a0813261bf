"""Names of the layers a radiograph is composed from, and the frame they are drawn in.

Every layer is a line integral in cm of water equivalent along the rays of a PA film. The frame is a square
of FIELD mm: x runs to the patient's left (to the right on the film), z upwards, (0, 0) is the centre.
"""

from generation.patients.anatomy import APEX_Z
from generation.patients.anatomy import FIELD_MM as FIELD

APEX_BELOW_TOP = FIELD / 2 - APEX_Z
"""Lung apices lie this many mm under the atlas's upper edge."""

LOBE_LABELS = {"air_RUL": 12, "air_RML": 13, "air_RLL": 14, "air_LUL": 10, "air_LLL": 11}
"""Air of each lobe: what the lung lacks to be water. Values are the CT's labels."""
LOBES = tuple(LOBE_LABELS)
VESSELS = ("vessels_R", "vessels_L", "dilated_R", "dilated_L")
BONES = ("ribs", "spine", "scapulae", "clavicles", "sternum", "cartilage")
ORGANS = ("heart", "aorta", "trachea", "gut", "soft")
DISTANCES = ("wall_R", "wall_L")
"""Distance in cm from the costal and apical pleura inwards: where a pneumothorax rim is measured from."""
MOVED = (*LOBES, *VESSELS, *ORGANS)
"""Layers that go along when the heart grows, the mediastinum is pushed or a diaphragm is pressed down."""
FIXED = (*BONES, *DISTANCES)
LAYERS = (*MOVED, *FIXED)
SIDES = ("R", "L")
