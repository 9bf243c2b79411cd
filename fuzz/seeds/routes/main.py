router = APIRouter(prefix="/items", dependencies=[Depends(get_current_user)])
app = FastAPI()
app.include_router(router, prefix=settings.API)
@router.get("/{id:path}")
async def one(user: CurrentUser): ...
