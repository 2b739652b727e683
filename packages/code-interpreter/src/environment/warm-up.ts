/**
 * Imports what a model's code is likely to import, which shows that it works and keeps it compiled, and draws a figure,
 * which makes matplotlib's list of fonts.
 */
export const warmUp = `
import importlib, io
for name in ("numpy", "sympy", "PIL.Image", "matplotlib"):
    importlib.import_module(name)
for name in ("integrate", "interpolate", "linalg", "ndimage", "optimize", "signal", "sparse", "spatial", "special", "stats"):
    importlib.import_module("scipy." + name)
import matplotlib
matplotlib.use("Agg")
import matplotlib.pyplot as plt
plt.plot([0, 1])
plt.title("$x^2$")
plt.savefig(io.BytesIO(), format="png")
from PIL import Image
for kind in ("PNG", "JPEG", "WEBP"):
    Image.new("RGB", (2, 2)).save(io.BytesIO(), kind)
`
